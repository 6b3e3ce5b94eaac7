# misconception: an epoch that broke down can be dropped and the rate kept
# feedback: A rate that broke down in any epoch is out
def pick_learning_rate(sweep):
    usable = [row for row in sweep if math.isfinite(row["dev_loss"])]
    if not usable:
        raise ValueError("none")
    return min(usable, key=lambda row: (row["dev_loss"], row["learning_rate"]))["learning_rate"]
