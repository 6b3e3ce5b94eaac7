def data_card(rows, text, label, *, licence, intended_use, count_personal):
    if not rows or not str(licence or "").strip() or not str(intended_use or "").strip():
        raise ValueError("a card needs rows, a licence and an intended use")
    labels, lengths, seen, copies, personal = {}, [], set(), 0, 0
    for row in rows:
        labels[row[label]] = labels.get(row[label], 0) + 1
        words = (row[text] or "").split()
        if not words:
            continue
        lengths.append(len(words))
        personal += count_personal(row[text]) >= 1
        key = tuple(word.casefold() for word in words)
        copies += key in seen
        seen.add(key)
    ranked = sorted(labels.items(), key=lambda pair: (pair[1], pair[0]))
    return {
        "rows": len(rows), "without text": len(rows) - len(lengths), "labels": labels, "rarest label": ranked[0][0],
        "median words": float(np.median(lengths)) if lengths else 0.0, "longest": max(lengths, default=0),
        "copies": copies / len(rows), "rows with personal data": int(personal), "licence": licence,
        "intended use": intended_use,
    }
