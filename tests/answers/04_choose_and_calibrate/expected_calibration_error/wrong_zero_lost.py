# misconception: every confidence lies above the lower edge of some bin
# feedback: 0 belongs into the first bin
def expected_calibration_error(confidence, correct, n_bins=10):
    c, hit = np.array(confidence, dtype=float), np.array(correct, dtype=float)
    if n_bins < 1 or c.size == 0 or c.shape != hit.shape or c.min() < 0 or c.max() > 1:
        raise ValueError("bad input")
    bins = np.ceil(c * n_bins).astype(int) - 1
    return float(sum(abs((hit - c)[bins == i].sum()) for i in np.unique(bins)) / len(c))
