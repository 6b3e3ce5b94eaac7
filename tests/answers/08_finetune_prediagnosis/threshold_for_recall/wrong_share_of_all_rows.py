# misconception: false alarms are a share of all rows
# feedback: 1 of the 2 others is alarmed
def threshold_for_recall(scores, red_flag, recall):
    if len(scores) != len(red_flag) or not any(red_flag) or not 0 < recall <= 1:
        raise ValueError("bad input")
    e = [s for s, f in zip(scores, red_flag) if f]
    o = [s for s, f in zip(scores, red_flag) if not f]
    for t in sorted(set(scores), reverse=True):
        if sum(s >= t for s in e) / len(e) >= recall:
            return t, sum(s >= t for s in o) / len(scores) if o else None
