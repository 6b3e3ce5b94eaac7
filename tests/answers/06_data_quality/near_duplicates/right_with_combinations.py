from itertools import combinations


def near_duplicates(texts, threshold=0.5):
    sets = []
    for text in texts:
        words = re.sub(r"[\W_]+", " ", text.casefold()).strip().split()
        if len(words) in (1, 2):
            sets.append({tuple(words)})
        else:
            sets.append({(words[k], words[k + 1], words[k + 2]) for k in range(len(words) - 2)})

    def alike(a, b):
        union = len(a.union(b))
        return len(a.intersection(b)) / union if union else 0.0

    return [(i, j) for i, j in combinations(range(len(texts)), 2) if alike(sets[i], sets[j]) >= threshold]
