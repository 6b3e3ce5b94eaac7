# misconception: a label that was never named has no F1 and is left out
# feedback: b was never named: its F1 is 0
def macro_f1(truth, predicted, labels):
    if len(truth) != len(predicted):
        raise ValueError("different lengths")
    scores = []
    for label in labels:
        tp = sum(t == p == label for t, p in zip(truth, predicted))
        fp = sum(p == label != t for t, p in zip(truth, predicted))
        fn = sum(t == label != p for t, p in zip(truth, predicted))
        if tp + fp:
            scores.append(2 * tp / (2 * tp + fp + fn))
    return sum(scores) / len(scores)
