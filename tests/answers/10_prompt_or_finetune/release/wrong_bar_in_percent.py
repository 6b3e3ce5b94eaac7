# misconception: a bar of 95 is 95 %
# feedback: one above 1 (or nan) is a slip
def release(results, bars, required):
    dropped = [name for name in required if name not in bars]
    if dropped or not bars:
        raise ValueError(f"dropped: {dropped}")
    reasons = []
    for name, bar in bars.items():
        if bar <= 0:
            raise ValueError("a bar")
        bar = bar / 100 if bar > 1 else bar
        hits = results.get(name, [])
        if len(hits) == 0:
            reasons.append(f"{name}: not measured")
        elif (low := scoreboard.proportion(hits).low) < bar:
            reasons.append(f"{name}: low end {low:.1%}, bar {bar:.1%}, n = {len(hits)}")
    return {"released": not reasons, "reasons": reasons}
