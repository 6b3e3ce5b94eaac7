def recommend(situation):
    try:
        s = {key: situation[key] for key in ("dangerous", "free_text", "changing_facts", "fixed_form", "labels", "per_day")}
    except KeyError as error:
        raise ValueError(f"missing: {error}") from None
    if s["labels"] < 0 or s["per_day"] < 0:
        raise ValueError("labels and per_day must be 0 or more")
    if s["dangerous"]:
        return ("human first", 1)
    many = s["labels"] >= 100
    if many and not s["free_text"]:
        return ("classical", 2) if s["labels"] >= 300 else ("fine-tune", 3)
    if s["changing_facts"]:
        return ("both", 4) if many and s["free_text"] and s["fixed_form"] else ("prompt", 5)
    if many and (s["fixed_form"] or s["per_day"] >= 1000):
        return ("fine-tune", 6)
    return ("prompt", 7)
