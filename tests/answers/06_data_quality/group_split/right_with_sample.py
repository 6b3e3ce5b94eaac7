def group_split(groups, share, seed=0):
    rows_of = {}
    for row, group in enumerate(groups):
        rows_of.setdefault(group, []).append(row)
    if len(rows_of) < 2:
        raise ValueError("one group cannot be split")
    if share <= 0 or share >= 1:
        raise ValueError("share must lie between 0 and 1")
    waiting = random.Random(seed).sample(list(rows_of), len(rows_of))
    held_out = []
    while len(waiting) > 1 and len(held_out) < share * len(groups):
        held_out.extend(rows_of[waiting.pop(0)])
    train = [row for group in waiting for row in rows_of[group]]
    return sorted(train), sorted(held_out)
