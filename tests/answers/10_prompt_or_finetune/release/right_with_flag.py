def release(results, bars, required):
    for name in required:
        if name not in bars.keys():
            raise ValueError("the gate " + name + " was dropped")
    if len(bars) == 0 or not all(0 < bar <= 1 for bar in bars.values()):
        raise ValueError("every bar must be above 0 and at most 1, and there must be one")
    released, reasons = True, []
    for name in bars:
        hits = results[name] if name in results else []
        if len(hits) < 1:
            released = False
            reasons.append("{}: not measured".format(name))
            continue
        estimate = scoreboard.proportion(hits)
        if not estimate.low >= bars[name]:
            released = False
            reasons.append("{}: low end {:.1%}, bar {:.1%}, n = {}".format(name, estimate.low, bars[name], len(hits)))
    return dict(released=released, reasons=reasons)
