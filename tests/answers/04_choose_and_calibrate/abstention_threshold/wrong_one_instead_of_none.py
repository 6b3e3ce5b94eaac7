# misconception: if no threshold keeps the promise, a threshold of 1 does, since it answers nothing
# feedback: no threshold keeps the promise, so return None
def abstention_threshold(confidence, correct, promised):
    if len(confidence) != len(correct) or not confidence or not 0 < promised <= 1:
        raise ValueError("bad input")
    for t in sorted(set(confidence)):
        hits = [hit for c, hit in zip(confidence, correct) if c >= t]
        if sum(hits) / len(hits) >= promised:
            return t, len(hits) / len(confidence), sum(hits) / len(hits)
    return 1.0, 0.0, 1.0
