from fractions import Fraction


def threshold_for_recall(scores, red_flag, recall):
    if len(scores) != len(red_flag):
        raise ValueError("lengths differ")
    if not 0 < recall <= 1:
        raise ValueError("recall out of range")
    urgent = sorted((s for s, f in zip(scores, red_flag) if f), reverse=True)
    if not urgent:
        raise ValueError("no emergency")
    needed = math.ceil(Fraction(str(recall)) * len(urgent))
    threshold = urgent[needed - 1]
    others = [s for s, f in zip(scores, red_flag) if not f]
    return threshold, sum(s >= threshold for s in others) / len(others) if others else None
