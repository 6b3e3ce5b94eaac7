# misconception: zip() notices lists of different length
# feedback: zip() stops at the shorter list
def macro_f1(truth, predicted, labels):
    pairs, total = list(zip(truth, predicted)), 0
    for label in labels:
        tp = sum(t == p == label for t, p in pairs)
        wrong = sum((t == label) != (p == label) for t, p in pairs)
        total += 2 * tp / (2 * tp + wrong) if tp else 0
    return total / len(labels)
