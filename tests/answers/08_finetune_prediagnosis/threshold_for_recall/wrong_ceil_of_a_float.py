# misconception: ceil(recall * n) is the number of emergencies needed
# feedback: compare shares, not counts
def threshold_for_recall(scores, red_flag, recall):
    if len(scores) != len(red_flag) or not any(red_flag) or not 0 < recall <= 1:
        raise ValueError("bad input")
    e = [s for s, f in zip(scores, red_flag) if f]
    o = [s for s, f in zip(scores, red_flag) if not f]
    t = sorted(e, reverse=True)[math.ceil(recall * len(e)) - 1]
    return t, sum(s >= t for s in o) / len(o) if o else None
