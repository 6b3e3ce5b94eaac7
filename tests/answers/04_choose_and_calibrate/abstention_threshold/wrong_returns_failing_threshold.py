# misconception: the threshold is where the promise first fails on the way down
# feedback: Answered are the rows with confidence >= 0.7
def abstention_threshold(confidence, correct, promised):
    if len(confidence) != len(correct) or not confidence or not 0 < promised <= 1:
        raise ValueError("bad input")
    for t in sorted(set(confidence), reverse=True):
        hits = [hit for c, hit in zip(confidence, correct) if c >= t]
        if sum(hits) / len(hits) < promised:
            return t, len(hits) / len(confidence), sum(hits) / len(hits)
    return None
