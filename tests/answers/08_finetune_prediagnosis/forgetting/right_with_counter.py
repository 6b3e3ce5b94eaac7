from collections import Counter


def forgetting(before, after):
    later = {}
    for row in after:
        if row["id"] in later:
            raise ValueError("twice: " + row["id"])
        later[row["id"]] = bool(row["right"])
    counts = {}
    for row in before:
        if row["id"] not in later:
            raise ValueError("missing or twice: " + row["id"])
        change = bool(row["right"]), later.pop(row["id"])
        for area in (row["area"], "all"):
            counts.setdefault(area, Counter())[change] += 1
    if later:
        raise ValueError("asked only after")
    result = {}
    for area, c in counts.items():
        right, wrong = c[True, True] + c[True, False], c[False, True] + c[False, False]
        result[area] = {
            "was_right": right, "was_wrong": wrong,
            "forgotten": c[True, False] / right if right else None,
            "learned": c[False, True] / wrong if wrong else None,
        }
    return result
