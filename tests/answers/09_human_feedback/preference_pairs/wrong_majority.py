# misconception: the majority of the ratings decides
# feedback: a majority is not enough
def preference_pairs(ratings, pairs):
    count = {pair["id"]: 0 for pair in pairs}
    ties = set()
    for rating in ratings:
        if rating["pair"] not in count or rating["reply_a"] not in ("first", "second"):
            raise ValueError("no such pair or reply")
        if rating["place"] not in ("A", "B", "tie", None):
            raise ValueError("no such place")
        if rating["place"] == "tie":
            ties.add(rating["pair"])
        elif rating["place"] is not None:
            count[rating["pair"]] += 1 if (rating["place"] == "A") == (rating["reply_a"] == "first") else -1
    rows = []
    for pair in pairs:
        if count[pair["id"]] and pair["id"] not in ties and pair["first"] != pair["second"]:
            good, bad = ("first", "second") if count[pair["id"]] > 0 else ("second", "first")
            rows.append({"prompt": reply_prompt(pair), "chosen": " " + pair[good], "rejected": " " + pair[bad]})
    return rows
