# misconception: each candidate is given its own standard error
# feedback: the other's standard error and n play no part
def cheapest_good_enough(candidates):
    if not candidates or not all(len(c["hits"]) for c in candidates):
        raise ValueError("nothing to choose from")
    rows = []
    for c in candidates:
        n = len(c["hits"])
        p = sum(c["hits"]) / n
        rows.append((p, math.sqrt(p * (1 - p) / n), c["tokens"], c["name"]))
    best = max(p for p, *_ in rows)
    return min((row for row in rows if row[0] + row[1] >= best), key=lambda row: (row[2], -row[0]))[3]
