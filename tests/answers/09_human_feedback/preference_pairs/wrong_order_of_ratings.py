# misconception: the rows come in the order in which they were rated
# feedback: in the order of `pairs`
def preference_pairs(ratings, pairs):
    known = {pair["id"]: pair for pair in pairs}
    other = {"first": "second", "second": "first"}
    winners = {}
    for rating in ratings:
        if rating["pair"] not in known or rating["reply_a"] not in other:
            raise ValueError("no such pair or reply")
        if rating["place"] not in ("A", "B", "tie", None):
            raise ValueError("no such place")
        if rating["place"] is not None:
            at = {"A": rating["reply_a"], "B": other[rating["reply_a"]], "tie": "tie"}
            winners.setdefault(rating["pair"], set()).add(at[rating["place"]])
    rows = []
    for name, found in winners.items():
        pair = known[name]
        if len(found) == 1 and "tie" not in found and pair["first"] != pair["second"]:
            (winner,) = found
            rows.append({
                "prompt": reply_prompt(pair), "chosen": " " + pair[winner], "rejected": " " + pair[other[winner]],
            })
    return rows
