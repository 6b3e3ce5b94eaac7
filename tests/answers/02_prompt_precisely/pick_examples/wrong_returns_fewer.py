# misconception: when there are too few rows, fewer examples will do
# feedback: say so with a ValueError
def pick_examples(rows, k, held_out, seed=0):
    measured = {" ".join(message.lower().split()) for message in held_out}
    usable = [row for row in rows if " ".join(row["message"].lower().split()) not in measured]
    random.Random(seed).shuffle(usable)
    by_topic = {}
    for row in usable:
        by_topic.setdefault(row["topic"], []).append(row)
    picked = []
    while len(picked) < min(k, len(usable)):
        for waiting in by_topic.values():
            if waiting and len(picked) < k:
                picked.append(waiting.pop())
    return picked
