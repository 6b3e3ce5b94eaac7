# misconception: a high cost is as good as a high quality
# feedback: A is cheaper than B and better
def pareto(points):
    for name, cost, quality in points:
        if not (math.isfinite(cost) and math.isfinite(quality)):
            raise ValueError("not finite")
    if len({name for name, _, _ in points}) != len(points):
        raise ValueError("twice the same name")
    left = [
        (name, cost, quality) for name, cost, quality in points
        if not any(c >= cost and q >= quality and (c, q) != (cost, quality) for _, c, q in points)
    ]
    return [name for name, *_ in sorted(left, key=lambda row: row[1])]
