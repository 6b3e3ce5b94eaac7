def operating_point(scores, is_emergency, cost_miss, cost_alarm):
    s, e = np.array(scores, dtype=float), np.array(is_emergency, dtype=bool)
    if s.shape != e.shape or s.size == 0:
        raise ValueError("the lists must have the same length, at least one")
    if min(cost_miss, cost_alarm) < 0:
        raise ValueError("costs must not be negative")
    t = np.append(np.unique(s), np.inf)
    flagged = s[None, :] >= t[:, None]
    misses, alarms = (e & ~flagged).sum(axis=1), (~e & flagged).sum(axis=1)
    best = int(np.argmin(cost_miss * misses + cost_alarm * alarms))
    return float(t[best]), int(misses[best]), int(alarms[best])
