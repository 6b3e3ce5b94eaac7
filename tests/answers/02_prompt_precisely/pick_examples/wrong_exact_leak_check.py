# misconception: a leak is only an exactly equal string
# feedback: Compare messages in small letters
def pick_examples(rows, k, held_out, seed=0):
    usable = [row for row in rows if row["message"] not in held_out]
    if len(usable) < k:
        raise ValueError("not enough rows")
    random.Random(seed).shuffle(usable)
    by_topic = {}
    for row in usable:
        by_topic.setdefault(row["topic"], []).append(row)
    picked = []
    while len(picked) < k:
        for waiting in by_topic.values():
            if waiting and len(picked) < k:
                picked.append(waiting.pop())
    return picked
