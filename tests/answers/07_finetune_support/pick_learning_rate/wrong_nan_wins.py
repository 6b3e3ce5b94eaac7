# misconception: min() puts nan last
# feedback: A dev loss of nan means that the training broke
def pick_learning_rate(sweep):
    losses = {}
    for row in sweep:
        losses.setdefault(row["learning_rate"], []).append(row["dev_loss"])
    best = {rate: min(values) for rate, values in losses.items()}
    if not best:
        raise ValueError("none")
    return min(best, key=best.get)
