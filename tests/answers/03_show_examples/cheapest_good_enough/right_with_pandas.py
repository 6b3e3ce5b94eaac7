def cheapest_good_enough(candidates):
    if len(candidates) == 0 or any(len(c["hits"]) == 0 for c in candidates):
        raise ValueError("every candidate needs hits, and there must be one candidate")
    table = pd.DataFrame(candidates)
    table["n"] = table["hits"].map(len)
    table["p"] = table["hits"].map(sum) / table["n"]
    best = table.sort_values(["p", "tokens"], ascending=[False, True], kind="stable").iloc[0]
    good = table[table["p"] >= best["p"] - (best["p"] * (1 - best["p"]) / best["n"]) ** 0.5]
    return good.sort_values(["tokens", "p"], ascending=[True, False], kind="stable").iloc[0]["name"]
