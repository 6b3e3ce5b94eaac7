# misconception: all is the mean of the areas
# feedback: of the areas.
def forgetting(before, after):
    ids, others = [r["id"] for r in before], [r["id"] for r in after]
    if sorted(ids) != sorted(others) or len(set(ids)) < len(ids):
        raise ValueError("not the same questions")
    later, found = {r["id"]: r["right"] for r in after}, {}
    for area in {r["area"] for r in before}:
        rows = [r for r in before if r["area"] == area]
        kept, new = [later[r["id"]] for r in rows if r["right"]], [later[r["id"]] for r in rows if not r["right"]]
        found[area] = {"was_right": len(kept), "was_wrong": len(new),
                       "forgotten": kept.count(False) / len(kept) if kept else None,
                       "learned": new.count(True) / len(new) if new else None}
    total = {name: sum(f[name] for f in found.values()) for name in ("was_right", "was_wrong")}
    for name in ("forgotten", "learned"):
        values = [f[name] for f in found.values() if f[name] is not None]
        total[name] = sum(values) / len(values) if values else None
    return found | {"all": total}
