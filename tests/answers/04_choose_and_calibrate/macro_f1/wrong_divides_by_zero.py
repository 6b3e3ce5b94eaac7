# misconception: every label is true or named at least once
# feedback: do not divide by 0
def macro_f1(truth, predicted, labels):
    if len(truth) != len(predicted):
        raise ValueError("different lengths")
    total = 0
    for label in labels:
        tp = sum(t == p == label for t, p in zip(truth, predicted))
        fp = sum(p == label != t for t, p in zip(truth, predicted))
        fn = sum(t == label != p for t, p in zip(truth, predicted))
        total += 2 * tp / (2 * tp + fp + fn)
    return total / len(labels)
