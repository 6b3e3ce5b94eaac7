# misconception: a row from train cannot also stand in the dev or test set
# feedback: no held-out message among the examples
def pick_examples(rows, k, held_out, seed=0):
    usable = list(rows)
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
