# misconception: rounding every topic's due gives k in the end
# feedback: Rounding each makes 7
def choose_examples(rows, k, held_out, seed=0):
    def letters(text):
        return "".join(c for c in text.lower() if c.isalpha())

    measured = {letters(message) for message in held_out}
    usable = [row for row in rows if letters(row["message"]) not in measured]
    if len(usable) < k:
        raise ValueError("not enough rows")
    by_topic = {}
    for row in usable:
        by_topic.setdefault(row["topic"], []).append(row)
    rng, picked = random.Random(seed), []
    for topic in sorted(by_topic):
        picked += rng.sample(by_topic[topic], round(k * len(by_topic[topic]) / max(1, len(usable))))
    rng.shuffle(picked)
    return picked
