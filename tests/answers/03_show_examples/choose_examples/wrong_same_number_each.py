# misconception: a fair choice gives every topic the same number of examples, as in lesson 02
# feedback: the share of the topic, not the same number for all
def choose_examples(rows, k, held_out, seed=0):
    def letters(text):
        return "".join(c for c in text.lower() if c.isalpha())

    measured = {letters(message) for message in held_out}
    usable = [row for row in rows if letters(row["message"]) not in measured]
    if len(usable) < k:
        raise ValueError("not enough rows")
    rng = random.Random(seed)
    rng.shuffle(usable)
    by_topic = {}
    for row in usable:
        by_topic.setdefault(row["topic"], []).append(row)
    picked = []
    while len(picked) < k:
        for waiting in by_topic.values():
            if waiting and len(picked) < k:
                picked.append(waiting.pop())
    rng.shuffle(picked)
    return picked
