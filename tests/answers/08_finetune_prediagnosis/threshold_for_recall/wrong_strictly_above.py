# misconception: an alarm is raised above the threshold, not at it
# feedback: 0.6 itself counts
def threshold_for_recall(scores, red_flag, recall):
    if len(scores) != len(red_flag) or not any(red_flag) or not 0 < recall <= 1:
        raise ValueError("bad input")
    e = [s for s, f in zip(scores, red_flag) if f]
    o = [s for s, f in zip(scores, red_flag) if not f]
    for t in sorted({*scores, -math.inf}, reverse=True):
        if sum(s > t for s in e) / len(e) >= recall:
            return t, sum(s > t for s in o) / len(o) if o else None
