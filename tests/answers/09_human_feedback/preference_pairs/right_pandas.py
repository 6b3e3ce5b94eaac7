def preference_pairs(ratings, pairs):
    names = [pair["id"] for pair in pairs]
    table = pd.DataFrame(list(ratings), columns=["pair", "reply_a", "place"])
    place = [None if pd.isna(p) else p for p in table["place"]]
    if not set(table["pair"]) <= set(names) or not set(table["reply_a"]) <= {"first", "second"}:
        raise ValueError("a rating of an unknown pair or reply")
    if not set(place) <= {"A", "B", "tie", None}:
        raise ValueError("a rating with an unknown place")
    score = []
    for at, a in zip(place, table["reply_a"]):
        sign = 1 if a == "first" else -1
        score.append({"A": sign, "B": -sign, "tie": 0, None: float("nan")}[at])
    table["score"] = np.array(score, dtype=float)
    rows = []
    for pair in pairs:
        mine = table.loc[table["pair"] == pair["id"], "score"].dropna()
        if len(mine) == 0 or pair["first"] == pair["second"] or abs(mine.sum()) != len(mine):
            continue
        good, bad = ("first", "second") if mine.iloc[0] > 0 else ("second", "first")
        rows.append({"prompt": reply_prompt(pair), "chosen": f" {pair[good]}", "rejected": f" {pair[bad]}"})
    return rows
