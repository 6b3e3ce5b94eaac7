# misconception: both rounds are in the same order
# feedback: Match the questions by id
def forgetting(before, after):
    ids, others = [r["id"] for r in before], [r["id"] for r in after]
    if sorted(ids) != sorted(others) or len(set(ids)) < len(ids):
        raise ValueError("not the same questions")
    found = {}
    for area in {r["area"] for r in before} | {"all"}:
        pairs = [(b["right"], a["right"]) for b, a in zip(before, after) if area in (b["area"], "all")]
        kept, new = [a for b, a in pairs if b], [a for b, a in pairs if not b]
        found[area] = {"was_right": len(kept), "was_wrong": len(new),
                       "forgotten": kept.count(False) / len(kept) if kept else None,
                       "learned": new.count(True) / len(new) if new else None}
    return found
