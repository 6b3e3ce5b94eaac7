# misconception: random.seed is the way to make a draw repeatable
# feedback: Make your own: random.Random(seed)
def pick_examples(rows, k, held_out, seed=0):
    measured = {" ".join(message.lower().split()) for message in held_out}
    usable = [row for row in rows if " ".join(row["message"].lower().split()) not in measured]
    if len(usable) < k:
        raise ValueError("not enough rows")
    random.seed(seed)
    random.shuffle(usable)
    by_topic = {}
    for row in usable:
        by_topic.setdefault(row["topic"], []).append(row)
    picked = []
    while len(picked) < k:
        for waiting in by_topic.values():
            if waiting and len(picked) < k:
                picked.append(waiting.pop())
    return picked
