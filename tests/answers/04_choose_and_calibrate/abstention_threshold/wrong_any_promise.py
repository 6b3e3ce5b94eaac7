# misconception: a promise of 0 or of more than 1 needs no refusal: it is kept always, or never
# feedback: promised has to be more than 0 and at most 1
def abstention_threshold(confidence, correct, promised):
    if len(confidence) != len(correct) or not confidence:
        raise ValueError("bad input")
    for t in sorted(set(confidence)):
        hits = [hit for c, hit in zip(confidence, correct) if c >= t]
        if sum(hits) / len(hits) >= promised:
            return t, len(hits) / len(confidence), sum(hits) / len(hits)
    return None
