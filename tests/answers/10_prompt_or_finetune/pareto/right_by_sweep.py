def pareto(points):
    names = [name for name, _, _ in points]
    if len(names) > len(set(names)):
        raise ValueError("A name occurs twice.")
    if not all(math.isfinite(value) for _, *values in points for value in values):
        raise ValueError("Costs and qualities must be finite numbers.")
    frontier, best = [], -math.inf
    for cost in sorted({cost for _, cost, _ in points}):
        top = max(quality for _, c, quality in points if c == cost)
        if top > best:
            frontier += [name for name, c, quality in points if c == cost and quality == top]
            best = top
    return frontier
