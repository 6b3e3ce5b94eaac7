from fractions import Fraction


def choose_examples(rows, k, held_out, seed=0):
    def key(text):
        return [c for c in text.lower() if c.isalpha()]

    measured = [key(message) for message in held_out]
    usable = [row for row in rows if key(row["message"]) not in measured]
    if k > len(usable):
        raise ValueError(f"not enough rows: {len(usable)}")
    if k == 0:
        return []
    counts = Counter(row["topic"] for row in usable)
    due = {topic: Fraction(k * count, len(usable)) for topic, count in counts.items()}
    places = {topic: math.floor(share) for topic, share in due.items()}
    while sum(places.values()) < k:
        topic = min(sorted(places), key=lambda t: places[t] - due[t])
        places[topic] += 1
    rng = random.Random(seed)
    rng.shuffle(usable)
    chosen = []
    for row in usable:
        if places[row["topic"]] > 0:
            places[row["topic"]] -= 1
            chosen.append(row)
    return chosen
