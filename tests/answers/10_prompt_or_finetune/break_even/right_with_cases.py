def break_even(first, second):
    costs = [first["fixed"], first["per_thousand"], second["fixed"], second["per_thousand"]]
    if any(math.isnan(cost) or math.isinf(cost) or cost < 0 for cost in costs):
        raise ValueError(f"Costs must be finite and not negative: {costs}")
    if second["per_thousand"] > first["per_thousand"]:
        return None
    if second["per_thousand"] == first["per_thousand"]:
        return 0 if second["fixed"] < first["fixed"] else None
    if second["fixed"] < first["fixed"]:
        return 0
    crossing = (second["fixed"] - first["fixed"]) / ((first["per_thousand"] - second["per_thousand"]) / 1000)
    return int(crossing) + 1
