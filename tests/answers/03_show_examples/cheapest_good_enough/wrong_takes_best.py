# misconception: the best score wins
# feedback: 48 % is good enough and cheaper
def cheapest_good_enough(candidates):
    if not candidates:
        raise ValueError("There are no candidates to choose from.")
    for candidate in candidates:
        if len(candidate["hits"]) == 0:
            raise ValueError(f"{candidate['name']}: hits is empty, so it has no share.")
    rows = [(sum(c["hits"]) / len(c["hits"]), c["tokens"], len(c["hits"]), c["name"]) for c in candidates]
    p, _, n, _ = max(rows, key=lambda row: (row[0], -row[1]))
    bar = p 
    return min((row for row in rows if row[0] >= bar), key=lambda row: (row[1], -row[0]))[3]
