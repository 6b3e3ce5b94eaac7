# misconception: the crossing is rounded like any number
# feedback: answers are whole: round up
def break_even(first, second):
    for approach in (first, second):
        for name in ("fixed", "per_thousand"):
            if not 0 <= approach[name] < math.inf:
                raise ValueError("a cost")
    dearer = second["fixed"] - first["fixed"]
    saved = first["per_thousand"] - second["per_thousand"]
    if saved <= 0:
        return 0 if saved == 0 and dearer < 0 else None
    return max(0, round(1000 * dearer / saved) + (dearer / saved * 1000 == round(1000 * dearer / saved)))
