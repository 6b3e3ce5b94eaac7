# misconception: the formula holds for every pair of lines
# feedback: No volume is below 0
def break_even(first, second):
    for approach in (first, second):
        for name in ("fixed", "per_thousand"):
            if not 0 <= approach[name] < math.inf:
                raise ValueError("a cost")
    dearer = second["fixed"] - first["fixed"]
    saved = first["per_thousand"] - second["per_thousand"]
    if saved <= 0:
        return 0 if saved == 0 and dearer < 0 else None
    return (math.floor(1000 * dearer / saved) + 1)
