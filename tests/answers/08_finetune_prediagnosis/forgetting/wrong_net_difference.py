# misconception: forgotten is how far the number of right answers fell
# feedback: two shares, each with a
def forgetting(before, after):
    ids, others = [r["id"] for r in before], [r["id"] for r in after]
    if sorted(ids) != sorted(others) or len(set(ids)) < len(ids):
        raise ValueError("not the same questions")
    later, found = {r["id"]: r["right"] for r in after}, {}
    for area in {r["area"] for r in before} | {"all"}:
        rows = [r for r in before if area in (r["area"], "all")]
        right, now = sum(r["right"] for r in rows), sum(later[r["id"]] for r in rows)
        wrong = len(rows) - right
        found[area] = {"was_right": right, "was_wrong": wrong,
                       "forgotten": max(0, right - now) / right if right else None,
                       "learned": max(0, now - right) / wrong if wrong else None}
    return found
