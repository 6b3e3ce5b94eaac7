def win_rate(judgements):
    wins = ties = losses = at_a = 0
    for j in judgements:
        if j["new_at"] not in ("A", "B"):
            raise ValueError("the place must be A or B")
        if j["winner"] not in ("new", "old", "tie", None):
            raise ValueError("the winner must be new, old, tie or None")
        if j["winner"] == "new":
            wins += 1
            at_a += j["new_at"] == "A"
        elif j["winner"] == "old":
            losses += 1
            at_a += j["new_at"] == "B"
        elif j["winner"] == "tie":
            ties += 1
    n, decided = wins + ties + losses, wins + losses
    if n == 0:
        raise ValueError("nothing was judged")
    share = (wins + ties / 2) / n
    low, high = wilson(share, n)
    result = {"n": n, "share": share, "low": low, "high": high, "decided": decided, "share_at_a": None,
              "position_bias": False}
    if decided:
        result["share_at_a"] = at_a / decided
        a, b = wilson(at_a / decided, decided)
        result["position_bias"] = a > 0.5 or b < 0.5
    return result
