# misconception: random.seed makes a function reproducible and does no harm
# feedback: random.seed(...) reaches into everybody
def group_split(groups, share, seed=0):
    order = list(dict.fromkeys(groups))
    if len(set(groups)) < 2 or not 0 < share < 1:
        raise ValueError("a split needs two groups and a share between 0 and 1")
    random.seed(seed)
    random.shuffle(order)
    out, count = set(), 0
    for group in order[:-1]:
        if count >= share * len(groups):
            break
        out.add(group)
        count += groups.count(group)
    train = [row for row, group in enumerate(groups) if group not in out]
    return train, [row for row, group in enumerate(groups) if group in out]
