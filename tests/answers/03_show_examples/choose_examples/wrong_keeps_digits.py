# misconception: another order number makes another ticket
# feedback: Compare the letters alone
def choose_examples(rows, k, held_out, seed=0):
    def normal(text):
        return " ".join(re.sub(r"[^\w\s]", "", text.lower()).split())

    measured = {normal(message) for message in held_out}
    by_topic = {}
    for row in rows:
        if normal(row["message"]) not in measured:
            by_topic.setdefault(row["topic"], []).append(row)
    n = sum(len(group) for group in by_topic.values())
    if n < k:
        raise ValueError("not enough rows")
    places, remainder = {}, {}
    for topic, group in by_topic.items():
        places[topic], remainder[topic] = divmod(k * len(group), n)
    for topic in sorted(by_topic, key=lambda topic: (-remainder[topic], topic))[: k - sum(places.values())]:
        places[topic] += 1
    rng = random.Random(seed)
    chosen = [row for topic in sorted(by_topic) for row in rng.sample(by_topic[topic], places[topic])]
    rng.shuffle(chosen)
    return chosen
