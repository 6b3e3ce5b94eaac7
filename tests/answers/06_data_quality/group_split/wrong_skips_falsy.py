# misconception: a group that is 0 or an empty text is no group
# feedback: leave no row out and none twice
def group_split(groups, share, seed=0):
    order = list(dict.fromkeys(group for group in groups if group))
    if len(order) < 2 or not 0 < share < 1:
        raise ValueError("bad input")
    random.Random(seed).shuffle(order)
    out, count = set(), 0
    for group in order[:-1]:
        if count >= share * len(groups):
            break
        out.add(group)
        count += groups.count(group)
    train = [row for row, group in enumerate(groups) if group and group not in out]
    return train, [row for row, group in enumerate(groups) if group in out]
