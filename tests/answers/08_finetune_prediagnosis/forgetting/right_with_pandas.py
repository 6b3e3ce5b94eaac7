def forgetting(before, after):
    a, b = pd.DataFrame(before), pd.DataFrame(after)
    if a["id"].duplicated().any() or b["id"].duplicated().any() or set(a["id"]) != set(b["id"]):
        raise ValueError("the questions differ")
    both = a.merge(b[["id", "right"]], on="id", suffixes=("", "_after"))

    def share(values, wanted):
        return float((values == wanted).mean()) if len(values) else None

    def summary(part):
        kept, new = part.loc[part["right"], "right_after"], part.loc[~part["right"], "right_after"]
        shares = {"forgotten": share(kept, False), "learned": share(new, True)}
        return {"was_right": len(kept), "was_wrong": len(new)} | shares

    return {area: summary(part) for area, part in both.groupby("area")} | {"all": summary(both)}
