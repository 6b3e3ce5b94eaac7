# misconception: a recall above 1 needs no refusal
# feedback: a recall outside 0 … 1
def threshold_for_recall(scores, red_flag, recall):
    e = [s for s, f in zip(scores, red_flag) if f]
    o = [s for s, f in zip(scores, red_flag) if not f]
    if len(scores) != len(red_flag) or not e:
        raise ValueError("bad input")
    for t in sorted(set(scores), reverse=True):
        if sum(s >= t for s in e) / len(e) >= min(recall, 1):
            return t, sum(s >= t for s in o) / len(o) if o else None
