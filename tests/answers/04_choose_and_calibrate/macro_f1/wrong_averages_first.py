# misconception: macro-F1 is the harmonic mean of the mean precision and the mean recall
# feedback: F1 is 2/3 for a
def macro_f1(truth, predicted, labels):
    if len(truth) != len(predicted):
        raise ValueError("different lengths")
    pairs = list(zip(truth, predicted))
    precision = recall = 0
    for label in labels:
        tp = sum(t == p == label for t, p in pairs)
        precision += tp / max(1, sum(p == label for _, p in pairs)) / len(labels)
        recall += tp / max(1, sum(t == label for t, _ in pairs)) / len(labels)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
