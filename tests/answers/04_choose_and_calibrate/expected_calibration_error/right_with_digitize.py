def expected_calibration_error(confidence, correct, n_bins=10):
    c, hit = np.array(confidence, dtype=float), np.array(correct, dtype=float)
    if n_bins < 1 or c.size == 0 or c.shape != hit.shape or c.min() < 0 or c.max() > 1:
        raise ValueError("bad input")
    number = np.digitize(c, np.linspace(0, 1, n_bins + 1)[1:-1], right=True)
    total = 0.0
    for i in range(n_bins):
        inside = number == i
        if inside.any():
            total += inside.mean() * abs(hit[inside].mean() - c[inside].mean())
    return total
