# misconception: the interval runs from the smallest to the largest resample
# feedback: take the middle 95 %, not the extremes
def bootstrap_difference(hits_a, hits_b, resamples=2000, seed=0):
    a, b = np.asarray(hits_a, dtype=float), np.asarray(hits_b, dtype=float)
    if len(a) != len(b) or len(a) == 0:
        raise ValueError("same length, please")
    d = b - a
    draws = d[np.random.default_rng(seed).integers(0, len(a), (resamples, len(a)))].mean(axis=1)
    return float(d.mean()), float(draws.min()), float(draws.max())
