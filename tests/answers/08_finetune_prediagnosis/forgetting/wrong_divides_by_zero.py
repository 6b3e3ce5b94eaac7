# misconception: some question is always right before
# feedback: Nothing was right before
def forgetting(before, after):
    ids, others = [r["id"] for r in before], [r["id"] for r in after]
    if sorted(ids) != sorted(others) or len(set(ids)) < len(ids):
        raise ValueError("not the same questions")
    later, found = {r["id"]: r["right"] for r in after}, {}
    for area in {r["area"] for r in before} | {"all"}:
        rows = [r for r in before if area in (r["area"], "all")]
        kept, new = [later[r["id"]] for r in rows if r["right"]], [later[r["id"]] for r in rows if not r["right"]]
        found[area] = {"was_right": len(kept), "was_wrong": len(new), "forgotten": kept.count(False) / len(kept),
                       "learned": new.count(True) / len(new) if new else None}
    return found
