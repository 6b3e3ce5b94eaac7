# misconception: the threshold of a probability is 0.5
# feedback: Dear misses: flag from 0.3 on
def operating_point(scores, is_emergency, cost_miss, cost_alarm):
    if len(scores) != len(is_emergency) or not scores or cost_miss < 0 or cost_alarm < 0:
        raise ValueError("bad input")
    t = 0.5
    misses = sum(1 for s, e in zip(scores, is_emergency) if e and s < t)
    return t, misses, sum(1 for s, e in zip(scores, is_emergency) if not e and s >= t)
