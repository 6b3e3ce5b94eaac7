def data_card(rows, text, label, *, licence, intended_use, count_personal):
    for what, value in (("licence", licence), ("intended use", intended_use)):
        if value is None or value.strip() == "":
            raise ValueError(f"no {what} given")
    if len(rows) == 0:
        raise ValueError("no rows given")
    frame = pd.DataFrame({"text": [row[text] or "" for row in rows], "label": [row[label] for row in rows]})
    full = frame["text"][frame["text"].str.strip() != ""]
    words = full.str.split().str.len()
    counts = frame["label"].value_counts().sort_index()
    plain = full.map(lambda t: " ".join(t.casefold().split()))
    return {
        "rows": len(frame), "without text": int(len(frame) - len(full)),
        "labels": {name: int(number) for name, number in counts.items()},
        "rarest label": counts.idxmin(),
        "median words": float(words.median()) if len(full) else 0, "longest": int(words.max()) if len(full) else 0,
        "copies": float(plain.duplicated().sum() / len(frame)),
        "rows with personal data": int(sum(bool(count_personal(t)) for t in full)),
        "licence": licence, "intended use": intended_use,
    }
