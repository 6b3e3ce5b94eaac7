from collections import Counter


def macro_f1(truth, predicted, labels):
    if len(truth) != len(predicted):
        raise ValueError(f"{len(truth)} and {len(predicted)} values")
    true, said = Counter(truth), Counter(predicted)
    both = Counter(t for t, p in zip(truth, predicted) if t == p)
    return sum(2 * both[c] / (true[c] + said[c]) if true[c] + said[c] else 0 for c in labels) / len(labels)
