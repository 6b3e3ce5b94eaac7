# misconception: labels with more rows weigh more
# feedback: Every label has the same weight in a macro average
def macro_f1(truth, predicted, labels):
    if len(truth) != len(predicted):
        raise ValueError("different lengths")
    total = 0
    for label in labels:
        tp = sum(t == p == label for t, p in zip(truth, predicted))
        wrong = sum((t == label) != (p == label) for t, p in zip(truth, predicted))
        total += truth.count(label) * (2 * tp / (2 * tp + wrong) if tp else 0)
    return total / len(truth)
