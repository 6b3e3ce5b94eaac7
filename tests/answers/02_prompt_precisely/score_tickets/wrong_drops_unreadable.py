# misconception: unreadable replies do not count
# feedback: It must not be left out
def score_tickets(predicted, truth):
    if len(predicted) != len(truth):
        raise ValueError("The two lists differ in length.")
    pairs = [(p, t) for p, t in zip(predicted, truth) if p is not None]
    return {
        "readable": [True for _ in pairs],
        "item": [p[0] == t[0] for p, t in pairs],
        "topic": [p[1] == t[1] for p, t in pairs],
        "exact": [p == t for p, t in pairs],
    }
