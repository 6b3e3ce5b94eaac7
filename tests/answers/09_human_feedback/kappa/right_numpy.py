def kappa(first, second):
    if len(first) != len(second):
        raise ValueError(f"lengths {len(first)} and {len(second)}")
    keep = [i for i in range(len(first)) if first[i] is not None and second[i] is not None]
    if not keep:
        raise ValueError("no thing was rated by both")
    labels = list({first[i] for i in keep} | {second[i] for i in keep})
    table = np.zeros((len(labels), len(labels)))
    for i in keep:
        table[labels.index(first[i]), labels.index(second[i])] += 1
    table /= table.sum()
    observed = float(np.trace(table))
    chance = float(table.sum(axis=1) @ table.sum(axis=0))
    return {
        "n": len(keep), "agreement": observed, "by_chance": chance,
        "kappa": None if len(labels) == 1 else (observed - chance) / (1 - chance),
    }
