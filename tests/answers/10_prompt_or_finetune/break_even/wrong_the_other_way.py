# misconception: it asks from when the first is cheaper
# feedback: so cheaper from 8001 on
def break_even(first, second):
    for approach in (first, second):
        for name in ("fixed", "per_thousand"):
            if not 0 <= approach[name] < math.inf:
                raise ValueError("a cost")
    dearer = first["fixed"] - second["fixed"]
    saved = second["per_thousand"] - first["per_thousand"]
    if saved <= 0:
        return 0 if saved == 0 and dearer < 0 else None
    return max(0, math.floor(1000 * dearer / saved) + 1)
