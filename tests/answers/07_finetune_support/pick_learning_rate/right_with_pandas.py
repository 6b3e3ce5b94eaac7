def pick_learning_rate(sweep):
    table = pd.DataFrame(
        [(row["learning_rate"], row["dev_loss"]) for row in sweep], columns=["learning_rate", "dev_loss"], dtype=float
    )
    table["finite"] = np.isfinite(table["dev_loss"])
    rates = table.groupby("learning_rate").agg(loss=("dev_loss", "min"), whole=("finite", "all"))
    rates = rates[rates["whole"]].reset_index().sort_values(["loss", "learning_rate"])
    if rates.empty:
        raise ValueError("No learning rate is left.")
    return float(rates["learning_rate"].iloc[0])
