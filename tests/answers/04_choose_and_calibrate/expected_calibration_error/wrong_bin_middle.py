# misconception: a bin's confidence is its middle
# feedback: Compare with the mean confidence of the rows in the bin
def expected_calibration_error(confidence, correct, n_bins=10):
    c, hit = np.array(confidence, dtype=float), np.array(correct, dtype=float)
    if n_bins < 1 or c.size == 0 or c.shape != hit.shape or c.min() < 0 or c.max() > 1:
        raise ValueError("bad input")
    bins = np.maximum(np.ceil(c * n_bins).astype(int) - 1, 0)
    return float(sum(abs(hit[bins == i].mean() - (i + 0.5) / n_bins) * (bins == i).mean() for i in np.unique(bins)))
