# misconception: at the limit is below the limit
# feedback: at 0.5 and 0.7 themselves the case goes on
def route(case):
    if case.get("signs"):
        return "emergency"
    if case.get("asks_for_human"):
        return "human"
    scope, sure = case.get("in_scope"), case.get("confidence")
    if any(x is not None and (x < 0 or x > 1) for x in (scope, sure)):
        raise ValueError("outside 0 to 1")
    if any(case.get(k) is None for k in ("signs", "asks_for_human", "in_scope", "confidence")) or scope + sure != scope + sure:
        return "human"
    return "refuse" if scope <= 0.5 else "human" if sure <= 0.7 else "answer"
