def miss_rate(truth, flagged):
    truth, flagged = np.array(truth, dtype=bool), np.array(flagged, dtype=bool)
    if truth.shape != flagged.shape:
        raise ValueError("the lists differ in length")
    if not truth.any():
        raise ValueError("there is no emergency")
    n, z2 = truth.sum(), 1.959963984540054**2
    k = (truth & ~flagged).sum()
    root = np.sqrt(z2) * np.sqrt(k * (n - k) / n + z2 / 4)
    return float(k / n), float((k + z2 / 2 - root) / (n + z2)), float((k + z2 / 2 + root) / (n + z2))
