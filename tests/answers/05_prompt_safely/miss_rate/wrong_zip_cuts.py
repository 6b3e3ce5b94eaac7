# misconception: zip notices lists of different length
# feedback: zip() drops the rest of a longer list
def miss_rate(truth, flagged):
    caught = [f for t, f in zip(truth, flagged) if t]
    n = len(caught)
    if n == 0:
        raise ValueError("no emergency")
    z, p = 1.959963984540054, (n - sum(caught)) / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return p, middle - half, middle + half
