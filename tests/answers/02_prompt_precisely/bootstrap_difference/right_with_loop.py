def bootstrap_difference(hits_a, hits_b, resamples=2000, seed=0):
    if len(hits_a) != len(hits_b) or not hits_a:
        raise ValueError("need two lists of the same length")
    rng, n = np.random.default_rng(seed), len(hits_a)
    a, b = np.array(hits_a, float), np.array(hits_b, float)
    draws = []
    for _ in range(resamples):
        numbers = rng.integers(0, n, n)
        draws.append(b[numbers].mean() - a[numbers].mean())
    return b.mean() - a.mean(), np.quantile(draws, 0.025), np.quantile(draws, 0.975)
