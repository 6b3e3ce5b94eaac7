# misconception: what is cheaper at the start is cheaper from 0 on
# feedback: where it does not stay cheaper
def break_even(first, second):
    for approach in (first, second):
        for name in ("fixed", "per_thousand"):
            if not 0 <= approach[name] < math.inf:
                raise ValueError("a cost")
    dearer = second["fixed"] - first["fixed"]
    saved = first["per_thousand"] - second["per_thousand"]
    if saved <= 0:
        return 0 if dearer < 0 else None
    return max(0, math.floor(1000 * dearer / saved) + 1)
