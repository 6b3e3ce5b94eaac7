# misconception: '300 or more' means more than 300
# feedback: holds for 300 itself
def recommend(situation):
    for key in ("dangerous", "free_text", "changing_facts", "fixed_form", "labels", "per_day"):
        if key not in situation:
            raise ValueError(f"missing: {key}")
    labels, text, facts = situation["labels"], situation["free_text"], situation["changing_facts"]
    form, per_day = situation["fixed_form"], situation["per_day"]
    if labels < 0 or per_day < 0:
        raise ValueError("below 0")
    if situation["dangerous"]:
        return "human first", 1
    if not text and labels > 300:
        return "classical", 2
    if not text and labels >= 100:
        return "fine-tune", 3
    if facts and text and form and labels >= 100:
        return "both", 4
    if facts:
        return "prompt", 5
    if labels >= 100 and (form or per_day >= 1000):
        return "fine-tune", 6
    return "prompt", 7
