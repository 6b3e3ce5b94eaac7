def choose_examples(rows, k, held_out, seed=0):
    def key(text):
        return re.sub(r"[\W\d_]", "", text.lower())

    blocked = set(map(key, held_out))
    table = pd.DataFrame({"topic": [row["topic"] for row in rows], "key": [key(row["message"]) for row in rows]})
    table = table[~table["key"].isin(blocked)]
    n = len(table)
    if n < k:
        raise ValueError("too few usable rows")
    counts = table["topic"].value_counts().sort_index()
    whole, rest = (k * counts) // n, (k * counts) % n
    lucky = rest.sort_values(ascending=False, kind="stable").index[: int(k - whole.sum())]
    whole[lucky] += 1
    rng = random.Random(seed)
    numbers = []
    for topic, group in table.groupby("topic"):
        numbers += rng.sample(list(group.index), int(whole[topic]))
    rng.shuffle(numbers)
    return [rows[i] for i in numbers]
