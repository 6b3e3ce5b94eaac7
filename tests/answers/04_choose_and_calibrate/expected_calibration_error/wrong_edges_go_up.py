# misconception: a value on an edge belongs to the bin above it
# feedback: belongs to the lower one
def expected_calibration_error(confidence, correct, n_bins=10):
    c, hit = np.array(confidence, dtype=float), np.array(correct, dtype=float)
    if n_bins < 1 or c.size == 0 or c.shape != hit.shape or c.min() < 0 or c.max() > 1:
        raise ValueError("bad input")
    bins = np.minimum((c * n_bins).astype(int), n_bins - 1)
    return float(sum(abs((hit - c)[bins == i].sum()) for i in np.unique(bins)) / len(c))
