# misconception: one right field is enough for an exact match
# feedback: exact asks for item and topic to be right at once
def score_tickets(predicted, truth):
    if len(predicted) != len(truth):
        raise ValueError("The two lists differ in length.")
    item = [p is not None and p[0] == t[0] for p, t in zip(predicted, truth)]
    topic = [p is not None and p[1] == t[1] for p, t in zip(predicted, truth)]
    return {
        "readable": [p is not None for p in predicted],
        "item": item,
        "topic": topic,
        "exact": [a or b for a, b in zip(item, topic)],
    }
