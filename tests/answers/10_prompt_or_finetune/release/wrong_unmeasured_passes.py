# misconception: what was not measured cannot have failed
# feedback: What was not measured does not pass
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
            continue
        elif (low := scoreboard.proportion(hits).low) < bar:
            reasons.append(f"{name}: low end {low:.1%}, bar {bar:.1%}, n = {len(hits)}")
    return {"released": not reasons, "reasons": reasons}
