# misconception: the running cost is that of one answer
# feedback: so cheaper from 8001 on
def break_even(first, second):
    for approach in (first, second):
        for name in ("fixed", "per_thousand"):
            if not 0 <= approach[name] < math.inf:
                raise ValueError("a cost")
    dearer = second["fixed"] - first["fixed"]
    saved = first["per_thousand"] - second["per_thousand"]
    if saved <= 0:
        return 0 if saved == 0 and dearer < 0 else None
    return max(0, math.floor(dearer / saved) + 1)
