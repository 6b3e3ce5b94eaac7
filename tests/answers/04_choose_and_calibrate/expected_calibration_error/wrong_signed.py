# misconception: gaps upwards and downwards may be added with their signs
# feedback: or the two cancel each other
def expected_calibration_error(confidence, correct, n_bins=10):
    c, hit = np.array(confidence, dtype=float), np.array(correct, dtype=float)
    if n_bins < 1 or c.size == 0 or c.shape != hit.shape or c.min() < 0 or c.max() > 1:
        raise ValueError("bad input")
    bins = np.maximum(np.ceil(c * n_bins).astype(int) - 1, 0)
    return float(abs(sum((hit[bins == i].mean() - c[bins == i].mean()) * (bins == i).mean() for i in np.unique(bins))))
