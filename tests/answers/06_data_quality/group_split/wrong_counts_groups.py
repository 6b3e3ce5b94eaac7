# misconception: the share is one of groups
# feedback: The share is one of rows, not of groups
def group_split(groups, share, seed=0):
    order = list(dict.fromkeys(groups))
    if len(set(groups)) < 2 or not 0 < share < 1:
        raise ValueError("a split needs two groups and a share between 0 and 1")
    random.Random(seed).shuffle(order)
    out, count = set(), 0
    for group in order[:-1]:
        if len(out) >= share * len(order):
            break
        out.add(group)
        count += groups.count(group)
    train = [row for row, group in enumerate(groups) if group not in out]
    return train, [row for row, group in enumerate(groups) if group in out]
