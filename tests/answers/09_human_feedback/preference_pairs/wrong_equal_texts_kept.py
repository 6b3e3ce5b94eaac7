# misconception: two replies are two replies even if they read alike
# feedback: Two replies with the same text
def preference_pairs(ratings, pairs):
    winners = {pair["id"]: set() for pair in pairs}
    other = {"first": "second", "second": "first"}
    for rating in ratings:
        if rating["pair"] not in winners or rating["reply_a"] not in other:
            raise ValueError("no such pair or reply")
        if rating["place"] not in ("A", "B", "tie", None):
            raise ValueError("no such place")
        if rating["place"] is None:
            continue
        at = {"A": rating["reply_a"], "B": other[rating["reply_a"]], "tie": "tie"}
        winners[rating["pair"]].add(at[rating["place"]])
    rows = []
    for pair in pairs:
        found = winners[pair["id"]]
        if len(found) == 1 and "tie" not in found:
            (winner,) = found
            chosen, rejected = " " + pair[winner], " " + pair[other[winner]]
            rows.append({"prompt": reply_prompt(pair), "chosen": chosen, "rejected": rejected})
    return rows
