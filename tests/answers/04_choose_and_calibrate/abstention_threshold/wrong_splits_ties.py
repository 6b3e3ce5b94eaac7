# misconception: in the sorted list one can stop after any row, also between rows of equal confidence
# feedback: a threshold answers both or neither
def abstention_threshold(confidence, correct, promised):
    if len(confidence) != len(correct) or not confidence or not 0 < promised <= 1:
        raise ValueError("bad input")
    rows, right, best = sorted(zip(confidence, correct), reverse=True), 0, None
    for answered, (t, hit) in enumerate(rows, start=1):
        right += hit
        if right / answered >= promised:
            best = (t, answered / len(rows), right / answered)
    return best
