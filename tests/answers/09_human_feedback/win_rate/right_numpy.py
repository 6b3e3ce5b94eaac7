def win_rate(judgements):
    if any(j["winner"] not in ("new", "old", "tie", None) or j["new_at"] not in ("A", "B") for j in judgements):
        raise ValueError("a judgement that cannot be read")
    winner = np.array([j["winner"] for j in judgements if j["winner"]], dtype=object)
    place = np.array([j["new_at"] for j in judgements if j["winner"]], dtype=object)
    if len(winner) == 0:
        raise ValueError("nobody has judged")
    share = float(np.mean((winner == "new") + 0.5 * (winner == "tie")))
    low, high = wilson(share, len(winner))
    chosen_a = ((winner == "new") == (place == "A"))[winner != "tie"]
    decided = len(chosen_a)
    share_at_a = float(chosen_a.mean()) if decided else None
    ends = wilson(share_at_a, decided) if decided else (0, 1)
    return {"n": len(winner), "share": share, "low": low, "high": high, "decided": decided, "share_at_a": share_at_a,
            "position_bias": bool(ends[0] > 0.5 or ends[1] < 0.5)}
