# misconception: a random draw covers the topics by itself
# feedback: Go round the topics
def pick_examples(rows, k, held_out, seed=0):
    measured = {" ".join(message.lower().split()) for message in held_out}
    usable = [row for row in rows if " ".join(row["message"].lower().split()) not in measured]
    if len(usable) < k:
        raise ValueError("not enough rows")
    return random.Random(seed).sample(usable, k)
