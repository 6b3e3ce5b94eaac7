# misconception: the lowest train loss shows which training went best
# feedback: The lowest train loss belongs to the rate that learned its rows by heart
def pick_learning_rate(sweep):
    usable = [row for row in sweep if math.isfinite(row["train_loss"])]
    if not usable:
        raise ValueError("none")
    return min(usable, key=lambda row: (row["train_loss"], row["learning_rate"]))["learning_rate"]
