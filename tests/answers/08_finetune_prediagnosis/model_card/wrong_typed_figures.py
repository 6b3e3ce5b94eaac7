# misconception: the figures of my own run can be written into the card
# feedback: Other results, other figures
def model_card(title, *, base, data, licence, intended_use, config, metrics, medical):
    if not all(text.strip() for text in (title, base, data, licence, intended_use)):
        raise ValueError("an empty text")
    if medical and "red-flag recall" not in metrics:
        raise ValueError("no red-flag recall")
    for m in metrics.values():
        if not m.get("n") or m["n"] < 1 or any(m.get(k) is None for k in ("value", "low", "high")):
            raise ValueError("n or interval missing")
        if not 0 <= m["low"] <= m["value"] <= m["high"] <= 1:
            raise ValueError("not a share with its interval")
    return "\n".join([
        "# " + title, NOT_FOR_PATIENTS if medical else "", "- Intended use: " + intended_use, "- Base model: " + base,
        "- Data: " + data, "- Licence: " + licence, "- Training: epochs = 3",
        "| red-flag recall | 82% [59%, 94%] | 17 |",
    ])
