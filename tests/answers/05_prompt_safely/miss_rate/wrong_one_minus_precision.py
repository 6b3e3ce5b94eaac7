# misconception: what was flagged for nothing was missed (one minus the precision)
# feedback: False alarms (here 12) must not enter
def miss_rate(truth, flagged):
    if len(truth) != len(flagged) or not any(truth):
        raise ValueError("no emergency, or lists of different length")
    raised = [t for t, f in zip(truth, flagged) if f]
    n = len(raised)
    z, p = 1.959963984540054, (n - sum(raised)) / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return p, middle - half, middle + half
