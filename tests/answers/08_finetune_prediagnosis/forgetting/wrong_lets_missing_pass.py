# misconception: questions that were asked only once are left out
# feedback: nothing can be compared
def forgetting(before, after):
    later, found = {r["id"]: r["right"] for r in after}, {}
    before = [r for r in before if r["id"] in later]
    for area in {r["area"] for r in before} | {"all"}:
        rows = [r for r in before if area in (r["area"], "all")]
        kept, new = [later[r["id"]] for r in rows if r["right"]], [later[r["id"]] for r in rows if not r["right"]]
        found[area] = {"was_right": len(kept), "was_wrong": len(new),
                       "forgotten": kept.count(False) / len(kept) if kept else None,
                       "learned": new.count(True) / len(new) if new else None}
    return found
