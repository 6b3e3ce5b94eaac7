def operating_point(scores, is_emergency, cost_miss, cost_alarm):
    if len(scores) != len(is_emergency):
        raise ValueError("lists of different length")
    if not scores:
        raise ValueError("no cases")
    if cost_miss < 0 or cost_alarm < 0:
        raise ValueError("negative cost")
    pairs = sorted(zip(scores, is_emergency), reverse=True)
    misses, alarms = sum(map(bool, is_emergency)), 0
    best = (cost_miss * misses, float("inf"), misses, alarms)
    for i, (score, emergency) in enumerate(pairs):
        misses -= bool(emergency)
        alarms += not emergency
        if i + 1 < len(pairs) and pairs[i + 1][0] == score:
            continue
        cost = cost_miss * misses + cost_alarm * alarms
        if cost <= best[0]:
            best = (cost, score, misses, alarms)
    return best[1:]
