# misconception: whatever is called a confidence lies between 0 and 1, so nothing has to be checked
# feedback: A confidence above 1 is no probability
def expected_calibration_error(confidence, correct, n_bins=10):
    c, hit = np.array(confidence, dtype=float), np.array(correct, dtype=float)
    if len(c) == 0 or len(c) != len(hit) or n_bins < 1:
        raise ValueError("bad input")
    bins = np.clip(np.ceil(c * n_bins).astype(int) - 1, 0, n_bins - 1)
    return float(sum(abs((hit - c)[bins == i].sum()) for i in np.unique(bins)) / len(c))
