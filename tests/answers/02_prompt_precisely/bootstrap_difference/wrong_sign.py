# misconception: the sign of a difference does not matter
# feedback: The difference is B minus A
def bootstrap_difference(hits_a, hits_b, resamples=2000, seed=0):
    a, b = np.asarray(hits_a, dtype=float), np.asarray(hits_b, dtype=float)
    if len(a) != len(b) or len(a) == 0:
        raise ValueError("same length, please")
    d = a - b
    draws = d[np.random.default_rng(seed).integers(0, len(a), (resamples, len(a)))].mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(d.mean()), float(low), float(high)
