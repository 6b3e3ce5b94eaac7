def macro_f1(truth, predicted, labels):
    if len(truth) != len(predicted):
        raise ValueError("different lengths")
    t, p = np.array(truth, dtype=object), np.array(predicted, dtype=object)
    scores = []
    for label in labels:
        found = np.sum((t == label) & (p == label))
        precision = found / np.sum(p == label) if np.any(p == label) else 0.0
        recall = found / np.sum(t == label) if np.any(t == label) else 0.0
        scores.append(2 * precision * recall / (precision + recall) if precision + recall else 0.0)
    return float(np.mean(scores))
