def learning_curve(hits_by_size):
    n = None
    for size, runs in hits_by_size.items():
        if not runs:
            raise ValueError(f"no run for {size} rows")
        for run in runs:
            n = len(run) if n is None else n
            if len(run) != n or n < 2:
                raise ValueError("the runs must have the same length, at least 2")
    points = []
    for size, runs in sorted(hits_by_size.items()):
        x = [sum(row) / len(runs) for row in zip(*runs)]
        mean = sum(x) / n
        s = math.sqrt(sum((value - mean) ** 2 for value in x) / (n - 1))
        half = 1.96 * s / math.sqrt(n)
        points.append({"rows": size, "accuracy": mean, "low": max(mean - half, 0), "high": min(mean + half, 1)})
    return points
