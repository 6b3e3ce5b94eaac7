# misconception: only cases above the threshold are flagged, not those at it
# feedback: flag from 0.3 on (score >= threshold)
def operating_point(scores, is_emergency, cost_miss, cost_alarm):
    if len(scores) != len(is_emergency) or not scores or cost_miss < 0 or cost_alarm < 0:
        raise ValueError("bad input")
    points = []
    for t in [*sorted(set(scores)), float("inf")]:
        misses = sum(1 for s, e in zip(scores, is_emergency) if e and s <= t)
        alarms = sum(1 for s, e in zip(scores, is_emergency) if not e and s > t)
        points.append((cost_miss * misses + cost_alarm * alarms, t, misses, alarms))
    return min(points)[1:]
