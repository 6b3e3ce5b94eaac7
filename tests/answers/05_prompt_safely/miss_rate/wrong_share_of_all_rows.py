# misconception: the miss rate is a share of all cases
# feedback: Rows that are no emergency do not count at all.
def miss_rate(truth, flagged):
    if len(truth) != len(flagged) or not any(truth):
        raise ValueError("no emergency, or lists of different length")
    n = len(truth)
    z, p = 1.959963984540054, sum(t and not f for t, f in zip(truth, flagged)) / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return p, middle - half, middle + half
