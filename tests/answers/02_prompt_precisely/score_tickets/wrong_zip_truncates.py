# misconception: zip notices when lists differ in length
# feedback: zip() stops at the shorter list
def score_tickets(predicted, truth):
    pairs = list(zip(predicted, truth))
    return {
        "readable": [p is not None for p, _ in pairs],
        "item": [p is not None and p[0] == t[0] for p, t in pairs],
        "topic": [p is not None and p[1] == t[1] for p, t in pairs],
        "exact": [p == t for p, t in pairs],
    }
