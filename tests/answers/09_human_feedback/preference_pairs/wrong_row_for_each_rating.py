# misconception: a pair that was rated twice counts twice
# feedback: it is kept, once
def preference_pairs(ratings, pairs):
    known = {pair["id"]: pair for pair in pairs}
    other = {"first": "second", "second": "first"}
    named = {}
    for rating in ratings:
        if rating["pair"] not in known or rating["reply_a"] not in other:
            raise ValueError("no such pair or reply")
        if rating["place"] not in ("A", "B", "tie", None):
            raise ValueError("no such place")
        if rating["place"] is not None:
            at = {"A": rating["reply_a"], "B": other[rating["reply_a"]], "tie": "tie"}
            named.setdefault(rating["pair"], []).append(at[rating["place"]])
    rows = []
    for name, pair in known.items():
        winners = named.get(name, [])
        if len(set(winners)) == 1 and winners[0] != "tie" and pair["first"] != pair["second"]:
            for winner in winners:
                rows.append({
                    "prompt": reply_prompt(pair), "chosen": " " + pair[winner], "rejected": " " + pair[other[winner]],
                })
    return rows
