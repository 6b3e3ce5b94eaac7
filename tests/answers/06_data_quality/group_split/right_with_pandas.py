def group_split(groups, share, seed=0):
    codes, names = pd.factorize(pd.Series(groups, dtype=object))
    if len(names) < 2 or not 0 < share < 1:
        raise ValueError("at least two groups and a share inside 0 … 1, please")
    order = list(range(len(names)))
    random.Random(seed).shuffle(order)
    sizes = np.bincount(codes)[order]
    before = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    chosen = {group for place, group in enumerate(order[:-1]) if before[place] < share * len(groups)}
    held_out = [row for row, code in enumerate(codes.tolist()) if code in chosen]
    return [row for row, code in enumerate(codes.tolist()) if code not in chosen], held_out
