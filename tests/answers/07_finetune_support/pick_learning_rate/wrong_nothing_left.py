# misconception: if nothing is usable, None says so clearly enough
# feedback: raise a ValueError
def pick_learning_rate(sweep):
    losses = {}
    for row in sweep:
        losses.setdefault(row["learning_rate"], []).append(row["dev_loss"])
    best = {rate: min(values) for rate, values in losses.items() if all(map(math.isfinite, values))}
    return min(best, key=lambda rate: (best[rate], rate), default=None)
