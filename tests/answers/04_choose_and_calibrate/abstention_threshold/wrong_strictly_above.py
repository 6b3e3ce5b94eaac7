# misconception: rows exactly at the threshold are not answered
# feedback: Answered are the rows with confidence >= 0.7
def abstention_threshold(confidence, correct, promised):
    if len(confidence) != len(correct) or not confidence or not 0 < promised <= 1:
        raise ValueError("bad input")
    for t in sorted(set(confidence)):
        hits = [hit for c, hit in zip(confidence, correct) if c > t]
        if hits and sum(hits) / len(hits) >= promised:
            return t, len(hits) / len(confidence), sum(hits) / len(hits)
    return None
