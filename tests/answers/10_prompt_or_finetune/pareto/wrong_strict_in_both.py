# misconception: to dominate, a point must be cheaper and better
# feedback: one strict advantage is enough
def pareto(points):
    for name, cost, quality in points:
        if not (math.isfinite(cost) and math.isfinite(quality)):
            raise ValueError("not finite")
    if len({name for name, _, _ in points}) != len(points):
        raise ValueError("twice the same name")
    left = [
        (name, cost, quality) for name, cost, quality in points
        if not any(c < cost and q > quality for _, c, q in points)
    ]
    return [name for name, *_ in sorted(left, key=lambda row: row[1])]
