# misconception: runs have to match within a size, and other sizes are another matter
# feedback: Refuse a size without runs
def learning_curve(hits_by_size):
    points = []
    for size in sorted(hits_by_size):
        runs = hits_by_size[size]
        if not runs or len({len(run) for run in runs}) > 1 or len(runs[0]) < 2:
            raise ValueError("bad runs")
        x = np.array(runs, dtype=float).mean(axis=0)
        m, h = float(x.mean()), float(1.96 * x.std(ddof=1) / math.sqrt(len(x)))
        points.append({"rows": size, "accuracy": m, "low": max(0.0, m - h), "high": min(1.0, m + h)})
    return points
