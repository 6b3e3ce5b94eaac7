# misconception: what lies below the line between two others is not worth having
# feedback: nobody dominates it
def pareto(points):
    for name, cost, quality in points:
        if not (math.isfinite(cost) and math.isfinite(quality)):
            raise ValueError("not finite")
    if len({name for name, _, _ in points}) != len(points):
        raise ValueError("twice the same name")
    left = [
        (name, cost, quality) for name, cost, quality in points
        if not any(c <= cost and q >= quality and (c, q) != (cost, quality) or any(c < cost < c2 and q + (q2 - q) * (cost - c) / (c2 - c) > quality for _, c2, q2 in points) for _, c, q in points)
    ]
    return [name for name, *_ in sorted(left, key=lambda row: row[1])]
