# misconception: both prompts may be resampled independently
# feedback: other tickets for A than for B
def bootstrap_difference(hits_a, hits_b, resamples=2000, seed=0):
    a, b = np.asarray(hits_a, dtype=float), np.asarray(hits_b, dtype=float)
    if len(a) != len(b) or len(a) == 0:
        raise ValueError("same length, please")
    rng = np.random.default_rng(seed)
    shape = (resamples, len(a))
    draws = b[rng.integers(0, len(a), shape)].mean(axis=1) - a[rng.integers(0, len(a), shape)].mean(axis=1)
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(b.mean() - a.mean()), float(low), float(high)
