# misconception: of equal points one is enough
# feedback: Equal points do not dominate each other
def pareto(points):
    if not all(math.isfinite(value) for _, *values in points for value in values):
        raise ValueError("not finite")
    if len({name for name, _, _ in points}) != len(points):
        raise ValueError("twice the same name")
    frontier, best = [], -math.inf
    for name, cost, quality in sorted(points, key=lambda point: (point[1], -point[2])):
        if quality > best:
            frontier.append(name)
            best = quality
    return frontier
