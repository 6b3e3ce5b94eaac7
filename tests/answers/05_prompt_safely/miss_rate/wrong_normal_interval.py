# misconception: the textbook interval is good enough, and 0 of 17 leaves no doubt
# feedback: Rows that are no emergency do not count at all.
def miss_rate(truth, flagged):
    if len(truth) != len(flagged) or not any(truth):
        raise ValueError("no emergency, or lists of different length")
    caught = [f for t, f in zip(truth, flagged) if t]
    n = len(caught)
    z, p = 1.959963984540054, (n - sum(caught)) / n
    half = z * math.sqrt(p * (1 - p) / n)
    return p, max(0.0, p - half), min(1.0, p + half)
