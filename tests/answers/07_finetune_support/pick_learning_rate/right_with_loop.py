def pick_learning_rate(sweep):
    broken = {row["learning_rate"] for row in sweep if not math.isfinite(row["dev_loss"])}
    chosen, lowest = None, math.inf
    for row in sorted(sweep, key=lambda row: row["learning_rate"]):
        if row["learning_rate"] not in broken and row["dev_loss"] < lowest:
            chosen, lowest = row["learning_rate"], row["dev_loss"]
    if chosen is None:
        raise ValueError("Every training broke down, or there was none.")
    return chosen
