def model_card(title, *, base, data, licence, intended_use, config, metrics, medical):
    if medical is True and not any(name == "red-flag recall" for name in metrics):
        raise ValueError("a medical card needs its red-flag recall")
    table = ""
    for name in metrics:
        try:
            value, low, high, n = (metrics[name][key] for key in ("value", "low", "high", "n"))
        except KeyError as error:
            raise ValueError(f"{name} has no {error}") from None
        if n is None or n < 1 or not (0 <= low <= value <= high <= 1):
            raise ValueError(f"{name}: n or the interval is wrong")
        table += "| {} | {:.0%} [{:.0%}, {:.0%}] | {} |\n".format(name, value, low, high, n)
    text = f"# {title}\n\n"
    if medical:
        text += NOT_FOR_PATIENTS + "\n\n"
    for label, value in [("Intended use", intended_use), ("Base model", base), ("Data", data), ("Licence", licence)]:
        if value.strip() == "":
            raise ValueError(label + " is empty")
        text += f"- {label}: {value}\n"
    if not title.strip():
        raise ValueError("no title")
    settings = ", ".join(" = ".join((key, str(value))) for key, value in config.items())
    return text + f"- Training: {settings}\n\n| metric | value | n |\n| --- | --- | --- |\n" + table
