# misconception: what is out of scope need not be looked at for signs
# feedback: A sign goes before everything
def route(case):
    scope, sure = case.get("in_scope"), case.get("confidence")
    if any(x is not None and (x < 0 or x > 1) for x in (scope, sure)):
        raise ValueError("outside 0 to 1")
    if scope is not None and scope < 0.5:
        return "refuse"
    if case.get("signs"):
        return "emergency"
    if case.get("asks_for_human") or any(case.get(k) is None for k in ("signs", "asks_for_human", "in_scope", "confidence")):
        return "human"
    return "answer" if sure >= 0.7 else "human"
