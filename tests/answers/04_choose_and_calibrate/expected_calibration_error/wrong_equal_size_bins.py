# misconception: bins hold the same number of rows each
# feedback: do not cut the rows into bins of equal size
def expected_calibration_error(confidence, correct, n_bins=10):
    c, hit = np.array(confidence, dtype=float), np.array(correct, dtype=float)
    if n_bins < 1 or c.size == 0 or c.shape != hit.shape or c.min() < 0 or c.max() > 1:
        raise ValueError("bad input")
    parts = np.array_split(np.argsort(c, kind="stable"), n_bins)
    return float(sum(abs((hit - c)[part].sum()) for part in parts) / len(c))
