# misconception: the best value for money is the frontier
# feedback: A is cheaper than B and better
def pareto(points):
    if not all(math.isfinite(value) for _, *values in points for value in values):
        raise ValueError("not finite")
    if len({name for name, _, _ in points}) != len(points):
        raise ValueError("twice the same name")
    best = max((quality / cost for _, cost, quality in points if cost), default=0)
    return [name for name, cost, quality in sorted(points, key=lambda p: p[1]) if cost and quality / cost == best]
