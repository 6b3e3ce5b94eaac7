def pick_examples(rows, k, held_out, seed=0):
    def key(text):
        return "".join(text.lower().split())

    measured = {key(message) for message in held_out}
    candidates = [row for row in rows if key(row["message"]) not in measured]
    if k > len(candidates):
        raise ValueError("not enough rows")
    rng = random.Random(seed)
    rng.shuffle(candidates)
    counts, picked = {}, []
    while len(picked) < k:
        rest = [row for row in candidates if row not in picked]
        best = min(rest, key=lambda row: counts.get(row["topic"], 0))
        picked.append(best)
        counts[best["topic"]] = counts.get(best["topic"], 0) + 1
    return picked
