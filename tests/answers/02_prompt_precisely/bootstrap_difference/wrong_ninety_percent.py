# misconception: the 5th and 95th percentile bound a 95 % interval
# feedback: Too narrow: 95 % lie between the 2.5th and the 97.5th percentile
def bootstrap_difference(hits_a, hits_b, resamples=2000, seed=0):
    a, b = np.asarray(hits_a, dtype=float), np.asarray(hits_b, dtype=float)
    if len(a) != len(b) or len(a) == 0:
        raise ValueError("same length, please")
    d = b - a
    draws = d[np.random.default_rng(seed).integers(0, len(a), (resamples, len(a)))].mean(axis=1)
    low, high = np.percentile(draws, [5, 95])
    return float(d.mean()), float(low), float(high)
