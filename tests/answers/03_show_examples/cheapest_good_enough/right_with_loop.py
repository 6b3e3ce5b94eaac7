def cheapest_good_enough(candidates):
    best = None
    for c in candidates:
        if not c["hits"]:
            raise ValueError("no hits in " + c["name"])
        share = c["hits"].count(True) / len(c["hits"])
        if best is None or share > best[0] or (share == best[0] and c["tokens"] < best[1]):
            best = (share, c["tokens"], len(c["hits"]))
    if best is None:
        raise ValueError("no candidates")
    bar = best[0] - np.sqrt(best[0] * (1 - best[0]) / best[2])
    winner = None
    for c in candidates:
        share = float(np.mean(c["hits"]))
        if share >= bar and (winner is None or (c["tokens"], -share) < winner[:2]):
            winner = (c["tokens"], -share, c["name"])
    return winner[2]
