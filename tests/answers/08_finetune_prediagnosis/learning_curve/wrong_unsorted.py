# misconception: a dictionary is in order already
# feedback: Sort the points by size as numbers
def learning_curve(hits_by_size):
    lengths = {len(run) for runs in hits_by_size.values() for run in runs}
    if not all(hits_by_size.values()) or len(lengths) != 1 or min(lengths) < 2:
        raise ValueError("need runs of one length, at least 2")
    points = []
    for size, runs in hits_by_size.items():
        x = np.array(runs, dtype=float).mean(axis=0)
        m, h = float(x.mean()), float(1.96 * x.std(ddof=1) / math.sqrt(len(x)))
        points.append({"rows": size, "accuracy": m, "low": max(0.0, m - h), "high": min(1.0, m + h)})
    return points
