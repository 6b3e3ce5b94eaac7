from scipy import stats


def bootstrap_difference(hits_a, hits_b, resamples=2000, seed=0):
    a, b = np.array(hits_a, float), np.array(hits_b, float)
    if a.shape != b.shape or a.size == 0:
        raise ValueError("the lists must be paired")
    difference = (b - a).mean()
    if (a == b).all():
        return 0.0, 0.0, 0.0
    found = stats.bootstrap(
        (b - a,), np.mean, n_resamples=resamples, method="percentile", rng=np.random.default_rng(seed)
    ).confidence_interval
    return float(difference), float(found.low), float(found.high)
