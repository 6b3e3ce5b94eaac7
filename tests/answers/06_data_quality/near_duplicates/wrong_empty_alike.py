# misconception: two texts without words are equal
# feedback: a text without any word matches nothing
def near_duplicates(texts, threshold=0.5):
    def shingles(text):
        words = re.findall(r"[^\W_]+", text.casefold())
        if not words:
            return set()
        return {tuple(words[k : k + 3]) for k in range(max(1, len(words) - 2))}

    sets = [shingles(text) for text in texts]
    pairs = []
    for i in range(len(sets)):
        for j in range(i + 1, len(sets)):
            a, b = sets[i], sets[j]
            if (not a and not b) or len(a & b) / max(1, len(a | b)) >= threshold:
                pairs.append((i, j))
    return pairs
