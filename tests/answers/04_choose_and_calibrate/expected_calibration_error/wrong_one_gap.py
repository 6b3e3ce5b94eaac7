# misconception: the error is the difference between accuracy and mean confidence
# feedback: take the absolute gap in each bin
def expected_calibration_error(confidence, correct, n_bins=10):
    c, hit = np.array(confidence, dtype=float), np.array(correct, dtype=float)
    if n_bins < 1 or c.size == 0 or c.shape != hit.shape or c.min() < 0 or c.max() > 1:
        raise ValueError("bad input")
    return float(abs(hit.mean() - c.mean()))
