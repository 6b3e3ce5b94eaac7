# misconception: going down from the top, the first failure ends the search
# feedback: do not stop at the first failure
def abstention_threshold(confidence, correct, promised):
    if len(confidence) != len(correct) or not confidence or not 0 < promised <= 1:
        raise ValueError("bad input")
    best = None
    for t in sorted(set(confidence), reverse=True):
        hits = [hit for c, hit in zip(confidence, correct) if c >= t]
        if sum(hits) / len(hits) < promised:
            break
        best = (t, len(hits) / len(confidence), sum(hits) / len(hits))
    return best
