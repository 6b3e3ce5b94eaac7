# misconception: two texts with the same words say the same
# feedback: a shingle is three words in a row, not a bag of words
def near_duplicates(texts, threshold=0.5):
    def shingles(text):
        words = re.findall(r"[^\W_]+", text.casefold())
        if not words:
            return set()
        return set(words)

    sets = [shingles(text) for text in texts]
    pairs = []
    for i in range(len(sets)):
        for j in range(i + 1, len(sets)):
            a, b = sets[i], sets[j]
            if a & b and len(a & b) / len(a | b) >= threshold:
                pairs.append((i, j))
    return pairs
