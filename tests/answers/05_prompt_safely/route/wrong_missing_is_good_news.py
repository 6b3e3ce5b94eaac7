# misconception: nobody looked for signs, so there are none
# feedback: nobody looked for signs. That is unknown, not good news.
def route(case):
    if case.get("signs"):
        return "emergency"
    if case.get("asks_for_human"):
        return "human"
    scope, sure = case.get("in_scope"), case.get("confidence")
    if any(x is not None and (x < 0 or x > 1) for x in (scope, sure)):
        raise ValueError("outside 0 to 1")
    if scope is None or sure is None or math.isnan(scope) or math.isnan(sure):
        return "human"
    return "refuse" if scope < 0.5 else "human" if sure < 0.7 else "answer"
