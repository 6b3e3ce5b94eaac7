# misconception: a tie is no win
# feedback: (6 + 1) / 10
def win_rate(judgements):
    points = {"new": 1.0, "tie": 0.0, "old": 0.0}
    for row in judgements:
        if row["winner"] not in (*points, None) or row["new_at"] not in ("A", "B"):
            raise ValueError("not a judgement")
    judged = [row for row in judgements if row["winner"] is not None]
    if not judged:
        raise ValueError("nothing was judged")
    n = len(judged)
    share = sum(points[row["winner"]] for row in judged) / n
    low, high = wilson(share, n)
    at_a = [(row["winner"] == "new") == (row["new_at"] == "A") for row in judged if row["winner"] != "tie"]
    share_at_a, biased = None, False
    if at_a:
        share_at_a = sum(at_a) / len(at_a)
        a_low, a_high = wilson(share_at_a, len(at_a))
        biased = not a_low <= 0.5 <= a_high
    return {"n": n, "share": share, "low": low, "high": high, "decided": len(at_a), "share_at_a": share_at_a,
            "position_bias": biased}
