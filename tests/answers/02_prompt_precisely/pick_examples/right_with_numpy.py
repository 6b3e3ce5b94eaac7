def pick_examples(rows, k, held_out, seed=0):
    measured = {" ".join(message.lower().split()) for message in held_out}
    usable = [row for row in rows if " ".join(row["message"].lower().split()) not in measured]
    if len(usable) < k:
        raise ValueError(f"only {len(usable)} rows")
    order = np.random.default_rng(seed).permutation(len(usable))
    seen, ranked = {}, []
    for place, index in enumerate(order):
        topic = usable[index]["topic"]
        seen[topic] = seen.get(topic, 0) + 1
        ranked.append((seen[topic], place, usable[index]))
    ranked.sort(key=lambda entry: entry[:2])
    return [row for _, _, row in ranked[:k]]
