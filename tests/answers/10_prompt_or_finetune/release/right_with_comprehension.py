def release(results, bars, required):
    if not bars:
        raise ValueError("There is no gate.")
    if missing := set(required) - set(bars):
        raise ValueError(f"Dropped: {sorted(missing)}")
    if wrong := [name for name, bar in bars.items() if not (bar > 0 and bar <= 1)]:
        raise ValueError(f"Not a share above 0: the bars of {wrong}")
    lows = {name: scoreboard.proportion(results[name]).low for name in bars if results.get(name)}
    reasons = [
        f"{name}: not measured" if name not in lows
        else f"{name}: low end {100 * lows[name]:.1f}%, bar {100 * bar:.1f}%, n = {len(results[name])}"
        for name, bar in bars.items() if name not in lows or lows[name] < bar
    ]
    return {"released": len(reasons) == 0, "reasons": reasons}
