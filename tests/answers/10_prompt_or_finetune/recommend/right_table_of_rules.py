def recommend(situation):
    needed = ["dangerous", "free_text", "changing_facts", "fixed_form", "labels", "per_day"]
    missing = [key for key in needed if key not in situation]
    if missing:
        raise ValueError("The situation lacks " + ", ".join(missing))
    dangerous, text, facts, form, labels, per_day = (situation[key] for key in needed)
    if min(labels, per_day) < 0:
        raise ValueError("Counts are not below 0.")
    rules = [
        (dangerous, "human first"),
        (not text and labels >= 300, "classical"),
        (not text and labels >= 100, "fine-tune"),
        (facts and text and form and labels >= 100, "both"),
        (facts, "prompt"),
        (labels >= 100 and (form or per_day >= 1000), "fine-tune"),
        (True, "prompt"),
    ]
    return next((what, number) for number, (fits, what) in enumerate(rules, start=1) if fits)
