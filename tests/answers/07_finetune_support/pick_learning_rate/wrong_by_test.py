# misconception: where a test accuracy is known, it is the best guide
# feedback: Whoever chooses by the test set has no test set any more
def pick_learning_rate(sweep):
    losses = {}
    for row in sweep:
        losses.setdefault(row["learning_rate"], []).append(row["dev_loss"])
    best = {rate: min(values) for rate, values in losses.items() if all(map(math.isfinite, values))}
    if not best:
        raise ValueError("none")
    tested = {row["learning_rate"]: row["test_accuracy"] for row in sweep if "test_accuracy" in row}
    return min(best, key=lambda rate: (-tested.get(rate, 0.0), best[rate], rate))
