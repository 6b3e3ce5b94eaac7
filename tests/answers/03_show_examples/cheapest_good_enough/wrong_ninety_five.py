# misconception: within the 95 % interval counts as good enough
# feedback: It is neither a 95 % interval nor two standard errors
def cheapest_good_enough(candidates):
    if not candidates:
        raise ValueError("There are no candidates to choose from.")
    for candidate in candidates:
        if len(candidate["hits"]) == 0:
            raise ValueError(f"{candidate['name']}: hits is empty, so it has no share.")
    rows = [(sum(c["hits"]) / len(c["hits"]), c["tokens"], len(c["hits"]), c["name"]) for c in candidates]
    p, _, n, _ = max(rows, key=lambda row: (row[0], -row[1]))
    bar = p - 1.96 * math.sqrt(p * (1 - p) / n)
    return min((row for row in rows if row[0] >= bar), key=lambda row: (row[1], -row[0]))[3]
