# misconception: a missing licence is noted as an empty line
# feedback: Without a licence nobody may use the data
def data_card(rows, text, label, *, licence, intended_use, count_personal):
    if not rows:
        raise ValueError("rows, licence or intended use are missing")
    texts = [row[text] for row in rows if row[text] and row[text].strip()]
    lengths = [len(t.split()) for t in texts] or [0]
    labels = {}
    for row in rows:
        labels[row[label]] = labels.get(row[label], 0) + 1
    return {
        "rows": len(rows), "without text": len(rows) - len(texts), "labels": labels,
        "rarest label": min(sorted(labels), key=labels.get),
        "median words": statistics.median(lengths), "longest": max(lengths),
        "copies": (len(texts) - len({" ".join(t.casefold().split()) for t in texts})) / len(rows),
        "rows with personal data": sum(count_personal(t) > 0 for t in texts),
        "licence": licence, "intended use": intended_use,
    }
