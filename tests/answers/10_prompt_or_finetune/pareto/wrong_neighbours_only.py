# misconception: it is enough to compare with the next cheaper one
# feedback: not with the neighbour only
def pareto(points):
    if not all(math.isfinite(value) for _, *values in points for value in values):
        raise ValueError("not finite")
    if len({name for name, _, _ in points}) != len(points):
        raise ValueError("twice the same name")
    ordered = sorted(points, key=lambda point: point[1])
    kept = []
    for place, (name, cost, quality) in enumerate(ordered):
        near = ordered[max(0, place - 1):place] + ordered[place + 1:place + 2]
        if not any(c <= cost and q >= quality and (c, q) != (cost, quality) for _, c, q in near):
            kept.append(name)
    return kept
