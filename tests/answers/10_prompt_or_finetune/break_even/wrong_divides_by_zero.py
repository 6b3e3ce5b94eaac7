# misconception: two approaches never cost the same
# feedback: Do not divide by 0
def break_even(first, second):
    for approach in (first, second):
        for name in ("fixed", "per_thousand"):
            if not 0 <= approach[name] < math.inf:
                raise ValueError("a cost")
    dearer = second["fixed"] - first["fixed"]
    saved = first["per_thousand"] - second["per_thousand"]
    if saved < 0:
        return None
    return max(0, math.floor(1000 * dearer / saved) + 1)
