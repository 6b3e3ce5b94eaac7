def route(case):
    if "signs" in case and case["signs"] is not None and len(case["signs"]) > 0:
        return "emergency"
    if "asks_for_human" in case and case["asks_for_human"] is True:
        return "human"
    for key in ("in_scope", "confidence"):
        value = case.get(key)
        if value is not None and not math.isnan(value) and not 0 <= value <= 1:
            raise ValueError(f"{key} = {value}")
    for key in ("signs", "asks_for_human"):
        if case.get(key) is None:
            return "human"
    try:
        scope, sure = float(case["in_scope"]), float(case["confidence"])
    except (KeyError, TypeError):
        return "human"
    if math.isnan(scope + sure):
        return "human"
    if scope < 0.5:
        return "refuse"
    if sure < 0.7:
        return "human"
    return "answer"
