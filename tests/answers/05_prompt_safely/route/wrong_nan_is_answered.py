# misconception: a comparison with NaN fails loudly
# feedback: NaN is not below 0.7, and not at least 0.7 either
def route(case):
    if case.get("signs"):
        return "emergency"
    if case.get("asks_for_human"):
        return "human"
    if any(case.get(k) is None for k in ("signs", "asks_for_human", "in_scope", "confidence")):
        return "human"
    if max(case["in_scope"], case["confidence"]) > 1 or min(case["in_scope"], case["confidence"]) < 0:
        raise ValueError("outside 0 to 1")
    if case["in_scope"] < 0.5:
        return "refuse"
    if case["confidence"] < 0.7:
        return "human"
    return "answer"
