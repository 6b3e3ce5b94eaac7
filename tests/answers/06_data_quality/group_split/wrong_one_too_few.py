# misconception: the held-out part must not exceed the share
# feedback: stop as soon as enough rows are held out, and not before
def group_split(groups, share, seed=0):
    order = list(dict.fromkeys(groups))
    if len(set(groups)) < 2 or not 0 < share < 1:
        raise ValueError("a split needs two groups and a share between 0 and 1")
    random.Random(seed).shuffle(order)
    out, count = set(), 0
    for group in order[:-1]:
        if count + groups.count(group) > share * len(groups) and out:
            break
        out.add(group)
        count += groups.count(group)
    train = [row for row, group in enumerate(groups) if group not in out]
    return train, [row for row, group in enumerate(groups) if group in out]
