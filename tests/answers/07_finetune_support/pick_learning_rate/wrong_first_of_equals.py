# misconception: of equal rates any will do
# feedback: Of equal rates the smallest is chosen
def pick_learning_rate(sweep):
    losses = {}
    for row in sweep:
        losses.setdefault(row["learning_rate"], []).append(row["dev_loss"])
    best = {rate: min(values) for rate, values in losses.items() if all(map(math.isfinite, values))}
    if not best:
        raise ValueError("none")
    return min(best, key=best.get)
