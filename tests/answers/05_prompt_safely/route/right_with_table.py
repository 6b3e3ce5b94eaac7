def route(case):
    known = {"signs": None, "asks_for_human": None, "in_scope": None, "confidence": None} | case
    if known["signs"]:
        return "emergency"
    if known["asks_for_human"]:
        return "human"
    scope, sure = known["in_scope"], known["confidence"]
    if any(x is not None and (x < 0 or x > 1) for x in (scope, sure)):
        raise ValueError("a share must lie between 0 and 1")
    unknown = any(known[key] is None for key in ("signs", "asks_for_human", "in_scope", "confidence"))
    if unknown or scope != scope or sure != sure:
        return "human"
    return "refuse" if scope < 0.5 else "answer" if sure >= 0.7 else "human"
