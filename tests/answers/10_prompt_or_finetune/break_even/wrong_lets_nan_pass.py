# misconception: a cost below 0 is the only mistake to look for
# feedback: negative, infinite or nan
def break_even(first, second):
    for approach in (first, second):
        for name in ("fixed", "per_thousand"):
            if approach[name] < 0:
                raise ValueError("a cost")
    dearer = second["fixed"] - first["fixed"]
    saved = first["per_thousand"] - second["per_thousand"]
    if saved <= 0:
        return 0 if saved == 0 and dearer < 0 else None
    return max(0, math.floor(1000 * dearer / saved) + 1)
