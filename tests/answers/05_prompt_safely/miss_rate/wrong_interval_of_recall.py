# misconception: the interval of the recall is the interval of the miss rate
# feedback: Rows that are no emergency do not count at all.
def miss_rate(truth, flagged):
    if len(truth) != len(flagged) or not any(truth):
        raise ValueError("no emergency, or lists of different length")
    caught = [f for t, f in zip(truth, flagged) if t]
    n = len(caught)
    z, p = 1.959963984540054, sum(caught) / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return 1 - p, middle - half, middle + half
