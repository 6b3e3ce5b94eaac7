# misconception: the split is one of groups, so groups are returned
# feedback: Return a tuple of two lists of row numbers (not of groups)
def group_split(groups, share, seed=0):
    order = list(dict.fromkeys(groups))
    if len(set(groups)) < 2 or not 0 < share < 1:
        raise ValueError("a split needs two groups and a share between 0 and 1")
    random.Random(seed).shuffle(order)
    out, count = set(), 0
    for group in order[:-1]:
        if count >= share * len(groups):
            break
        out.add(group)
        count += groups.count(group)
    return [group for group in order if group not in out], sorted(out)
