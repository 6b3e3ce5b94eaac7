# misconception: a promise is kept only if more than the promised share is right
# feedback: and exactly 50 % are right when all are answered: that keeps it
def abstention_threshold(confidence, correct, promised):
    if len(confidence) != len(correct) or not confidence or not 0 < promised <= 1:
        raise ValueError("bad input")
    for t in sorted(set(confidence)):
        hits = [hit for c, hit in zip(confidence, correct) if c >= t]
        accuracy = sum(hits) / len(hits)
        if accuracy > promised:
            return t, len(hits) / len(confidence), accuracy
    return None
