def pareto(points):
    if not points:
        return []
    names, cost, quality = [list(column) for column in zip(*points)]
    cost, quality = np.array(cost, dtype=float), np.array(quality, dtype=float)
    if len(set(names)) < len(names) or not np.isfinite([cost, quality]).all():
        raise ValueError("Names must differ, and costs and qualities be finite.")
    weak = (cost[:, None] >= cost[None, :]) & (quality[:, None] <= quality[None, :])
    strict = (cost[:, None] > cost[None, :]) | (quality[:, None] < quality[None, :])
    kept = ~(weak & strict).any(axis=1)
    return [names[place] for place in np.argsort(cost, kind="stable") if kept[place]]
