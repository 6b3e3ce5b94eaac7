def preference_pairs(ratings, pairs):
    known = {pair["id"]: pair for pair in pairs}
    votes = {name: [] for name in known}
    for r in ratings:
        if r["pair"] not in known:
            raise ValueError(f"unknown pair {r['pair']}")
        if r["reply_a"] not in ("first", "second"):
            raise ValueError("reply_a must be first or second")
        if r["place"] not in ("A", "B", "tie", None):
            raise ValueError("place must be A, B, tie or None")
        if r["place"] is None:
            continue
        if r["place"] == "tie":
            votes[r["pair"]].append("tie")
        elif (r["place"] == "A") == (r["reply_a"] == "first"):
            votes[r["pair"]].append("first")
        else:
            votes[r["pair"]].append("second")
    return [
        {"prompt": reply_prompt(pair), "chosen": " " + pair[votes[name][0]],
         "rejected": " " + pair["second" if votes[name][0] == "first" else "first"]}
        for name, pair in known.items()
        if len(set(votes[name])) == 1 and votes[name][0] != "tie" and pair["first"] != pair["second"]
    ]
