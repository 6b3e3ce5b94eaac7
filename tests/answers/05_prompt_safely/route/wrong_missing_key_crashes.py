# misconception: every case comes complete
# feedback: A missing key is an unknown value
def route(case):
    if case["signs"]:
        return "emergency"
    if case["asks_for_human"]:
        return "human"
    scope, sure = case["in_scope"], case["confidence"]
    if any(x is not None and (x < 0 or x > 1) for x in (scope, sure)):
        raise ValueError("outside 0 to 1")
    if case["signs"] is None or scope is None or sure is None or math.isnan(scope) or math.isnan(sure):
        return "human"
    return "refuse" if scope < 0.5 else "human" if sure < 0.7 else "answer"
