import math


def expected_calibration_error(confidence, correct, n_bins=10):
    if not confidence or len(confidence) != len(correct) or n_bins < 1:
        raise ValueError("need two lists of the same length and at least one bin")
    if any(not 0 <= c <= 1 for c in confidence):
        raise ValueError("confidences are probabilities")
    bins = {}
    for c, hit in zip(confidence, correct):
        bins.setdefault(max(0, math.ceil(c * n_bins) - 1), []).append((c, hit))
    gap = 0
    for rows in bins.values():
        mean, share = sum(c for c, _ in rows) / len(rows), sum(hit for _, hit in rows) / len(rows)
        gap += len(rows) / len(confidence) * abs(share - mean)
    return gap
