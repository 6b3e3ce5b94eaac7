# misconception: an unreadable answer is no answer, and its row is left out of precision and recall
# feedback: leaving such rows out flatters an unreadable model
def macro_f1(truth, predicted, labels):
    if len(truth) != len(predicted):
        raise ValueError("different lengths")
    pairs = [(t, p) for t, p in zip(truth, predicted) if p is not None]
    total = 0
    for label in labels:
        tp = sum(t == p == label for t, p in pairs)
        wrong = sum((t == label) != (p == label) for t, p in pairs)
        total += 2 * tp / (2 * tp + wrong) if tp else 0
    return total / len(labels)
