# misconception: no tickets are a share of zero
# feedback: An empty list has no share
def cheapest_good_enough(candidates):
    if not candidates:
        raise ValueError("There are no candidates to choose from.")
    rows = [(sum(c["hits"]) / max(1, len(c["hits"])), c["tokens"], len(c["hits"]), c["name"]) for c in candidates]
    p, _, n, _ = max(rows, key=lambda row: (row[0], -row[1]))
    bar = p - math.sqrt(p * (1 - p) / n)
    return min((row for row in rows if row[0] >= bar), key=lambda row: (row[1], -row[0]))[3]
