# misconception: only the share matters, not which tickets were hit
# feedback: expected  {
def score_tickets(predicted, truth):
    if len(predicted) != len(truth):
        raise ValueError("The two lists differ in length.")
    n = max(1, len(truth))
    return {
        "readable": sum(p is not None for p in predicted) / n,
        "item": sum(p is not None and p[0] == t[0] for p, t in zip(predicted, truth)) / n,
        "topic": sum(p is not None and p[1] == t[1] for p, t in zip(predicted, truth)) / n,
        "exact": sum(p == t for p, t in zip(predicted, truth)) / n,
    }
