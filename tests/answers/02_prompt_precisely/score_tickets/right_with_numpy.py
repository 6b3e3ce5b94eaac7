def score_tickets(predicted, truth):
    if len(predicted) != len(truth):
        raise ValueError("The two lists differ in length.")
    item = np.array([bool(p) and p[0] == t[0] for p, t in zip(predicted, truth)], dtype=bool)
    topic = np.array([bool(p) and p[1] == t[1] for p, t in zip(predicted, truth)], dtype=bool)
    return {
        "readable": [p is not None for p in predicted],
        "item": item.tolist(),
        "topic": topic.tolist(),
        "exact": list(item & topic),
    }
