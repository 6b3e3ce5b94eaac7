import statistics


def learning_curve(hits_by_size):
    if any(len(runs) == 0 for runs in hits_by_size.values()):
        raise ValueError("a size has no run")
    if len({len(run) for runs in hits_by_size.values() for run in runs}) > 1:
        raise ValueError("runs of different length")
    def point(size):
        x = [statistics.fmean(map(float, row)) for row in zip(*hits_by_size[size])]
        if len(x) < 2:
            raise ValueError("fewer than 2 dev rows")
        m = statistics.fmean(x)
        h = 1.96 * statistics.stdev(x) / len(x) ** 0.5
        return dict(rows=size, accuracy=m, low=float(np.clip(m - h, 0, 1)), high=float(np.clip(m + h, 0, 1)))
    return [point(size) for size in sorted(hits_by_size)]
