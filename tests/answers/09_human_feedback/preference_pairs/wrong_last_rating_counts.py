# misconception: a later rating replaces an earlier one
# feedback: A in both orders names two replies: drop
def preference_pairs(ratings, pairs):
    last = {}
    known = [pair["id"] for pair in pairs]
    for rating in ratings:
        if rating["pair"] not in known or rating["reply_a"] not in ("first", "second"):
            raise ValueError("no such pair or reply")
        if rating["place"] not in ("A", "B", "tie", None):
            raise ValueError("no such place")
        if rating["place"] is not None:
            last[rating["pair"]] = rating
    rows = []
    for pair in pairs:
        rating = last.get(pair["id"])
        if rating and rating["place"] != "tie" and pair["first"] != pair["second"]:
            is_first = (rating["place"] == "A") == (rating["reply_a"] == "first")
            good, bad = ("first", "second") if is_first else ("second", "first")
            rows.append({"prompt": reply_prompt(pair), "chosen": " " + pair[good], "rejected": " " + pair[bad]})
    return rows
