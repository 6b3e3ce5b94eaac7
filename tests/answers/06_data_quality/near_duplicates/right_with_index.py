def near_duplicates(texts, threshold=0.5):
    cleaned = ["".join(c if c.isalnum() else " " for c in text.casefold()).split() for text in texts]
    holders, sizes = {}, []
    for place, words in enumerate(cleaned):
        own = set(zip(words, words[1:], words[2:])) if len(words) >= 3 else ({" ".join(words)} if words else set())
        sizes.append(len(own))
        for shingle in own:
            holders.setdefault(shingle, []).append(place)
    shared = {}
    for places in holders.values():
        for first in range(len(places)):
            for second in places[first + 1 :]:
                shared[places[first], second] = shared.get((places[first], second), 0) + 1
    return sorted(
        (i, j) for (i, j), both in shared.items() if both >= threshold * (sizes[i] + sizes[j] - both)
    )
