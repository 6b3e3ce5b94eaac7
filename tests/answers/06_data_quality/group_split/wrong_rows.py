# misconception: a random split of the rows is a fair split
# feedback: Decide for each group, not for each row
def group_split(groups, share, seed=0):
    if len(set(groups)) < 2 or not 0 < share < 1:
        raise ValueError("bad input")
    rows = list(range(len(groups)))
    random.Random(seed).shuffle(rows)
    cut = max(1, round(share * len(rows)))
    return sorted(rows[cut:]), sorted(rows[:cut])
