def score_tickets(predicted, truth):
    if len(predicted) != len(truth):
        raise ValueError("predicted and truth must have the same length")
    scores = {"readable": [], "item": [], "topic": [], "exact": []}
    for guess, right in zip(predicted, truth):
        item = guess is not None and guess[0] == right[0]
        topic = guess is not None and guess[1] == right[1]
        scores["readable"].append(guess is not None)
        scores["item"].append(item)
        scores["topic"].append(topic)
        scores["exact"].append(item and topic)
    return scores
