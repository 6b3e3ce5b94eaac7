# misconception: per cents are cut off after the point
# feedback: Each line as in the docstring
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
    def p(share):
        return f"{int(share * 100)}%"

    lines = ["# " + title]
    if medical:
        lines.append(NOT_FOR_PATIENTS)
    lines += ["- Intended use: " + intended_use, "- Base model: " + base, "- Data: " + data, "- Licence: " + licence]
    lines.append("- Training: " + ", ".join(f"{k} = {v}" for k, v in config.items()))
    for name, m in metrics.items():
        lines.append(f"| {name} | {p(m['value'])} [{p(m['low'])}, {p(m['high'])}] | {m['n']} |")
    return "\n".join(lines)
