# misconception: a gate that holds by far makes up for one that does not
# feedback: does not make up for another
def release(results, bars, required):
    dropped = [name for name in required if name not in bars]
    if dropped or not bars:
        raise ValueError(f"dropped: {dropped}")
    reasons = []
    for name, bar in bars.items():
        if not 0 < bar <= 1:
            raise ValueError("a bar")
        hits = results.get(name, [])
        if len(hits) == 0:
            reasons.append(f"{name}: not measured")
        elif (low := scoreboard.proportion(hits).low) < bar:
            reasons.append(f"{name}: low end {low:.1%}, bar {bar:.1%}, n = {len(hits)}")
    return {"released": len(reasons) < len(bars), "reasons": reasons}
