from itertools import groupby


def abstention_threshold(confidence, correct, promised):
    if not confidence or len(confidence) != len(correct):
        raise ValueError("lists of the same length, at least 1")
    if promised <= 0 or promised > 1:
        raise ValueError("promised out of range")
    best, answered, right = None, 0, 0
    rows = sorted(zip(confidence, correct), key=lambda row: -row[0])
    for threshold, group in groupby(rows, key=lambda row: row[0]):
        group = list(group)
        answered += len(group)
        right += sum(hit for _, hit in group)
        if right / answered >= promised:
            best = (threshold, answered / len(rows), right / answered)
    return best
