# misconception: the order of the examples does not matter
# feedback: Shuffle the chosen rows at the end
def choose_examples(rows, k, held_out, seed=0):
    def letters(text):
        return "".join(c for c in text.lower() if c.isalpha())

    measured = {letters(message) for message in held_out}
    by_topic = {}
    for row in rows:
        if letters(row["message"]) not in measured:
            by_topic.setdefault(row["topic"], []).append(row)
    n = sum(len(group) for group in by_topic.values())
    if n < k:
        raise ValueError(f"{k} examples were asked for, but only {n} rows are usable.")
    places, remainder = {}, {}
    for topic, group in by_topic.items():
        places[topic], remainder[topic] = divmod(k * len(group), n)
    for topic in sorted(by_topic, key=lambda topic: (-remainder[topic], topic))[: k - sum(places.values())]:
        places[topic] += 1
    rng = random.Random(seed)
    chosen = [row for topic in sorted(by_topic) for row in rng.sample(by_topic[topic], places[topic])]
    return chosen
