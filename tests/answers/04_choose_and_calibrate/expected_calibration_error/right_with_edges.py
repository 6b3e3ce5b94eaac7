def expected_calibration_error(confidence, correct, n_bins=10):
    n = len(confidence)
    if n == 0 or n != len(correct) or n_bins < 1 or min(confidence) < 0 or max(confidence) > 1:
        raise ValueError("bad input")
    total = 0.0
    for i in range(n_bins):
        low, high = i / n_bins, (i + 1) / n_bins
        rows = [(c, k) for c, k in zip(confidence, correct) if low < c <= high or (c == 0 and i == 0)]
        total += abs(sum(k for _, k in rows) - sum(c for c, _ in rows)) / n
    return total
