def learning_curve(hits_by_size):
    lengths = {len(run) for runs in hits_by_size.values() for run in runs}
    if not all(hits_by_size.values()) or len(lengths) != 1 or min(lengths) < 2:
        raise ValueError("need runs of one length, at least 2")
    points = []
    for size, runs in hits_by_size.items():
        x = pd.DataFrame(runs).astype(float).mean()
        m, h = x.mean(), 1.96 * x.sem()
        points.append({"rows": size, "accuracy": float(m), "low": float(max(0, m - h)), "high": float(min(1, m + h))})
    return sorted(points, key=lambda point: point["rows"])
