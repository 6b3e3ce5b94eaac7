# misconception: the promise is about all rows, the silent ones included
# feedback: three of four, and two of these three are right
def abstention_threshold(confidence, correct, promised):
    if len(confidence) != len(correct) or not confidence or not 0 < promised <= 1:
        raise ValueError("bad input")
    n = len(confidence)
    for t in sorted(set(confidence)):
        hits = [hit for c, hit in zip(confidence, correct) if c >= t]
        if sum(hits) / n >= promised:
            return t, len(hits) / n, sum(hits) / n
    return None
