# misconception: the last epoch is what one ends up with
# feedback: The best epoch stands for its rate
def pick_learning_rate(sweep):
    losses = {}
    for row in sweep:
        losses.setdefault(row["learning_rate"], []).append(row["dev_loss"])
    last = {rate: values[-1] for rate, values in losses.items() if all(map(math.isfinite, values))}
    if not last:
        raise ValueError("none")
    return min(last, key=lambda rate: (last[rate], rate))
