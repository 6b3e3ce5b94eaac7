# misconception: a text of fewer than three words has no shingles
# feedback: A text of one or two words is one shingle
def near_duplicates(texts, threshold=0.5):
    def shingles(text):
        words = re.findall(r"[^\W_]+", text.casefold())
        if not words:
            return set()
        return {tuple(words[k : k + 3]) for k in range(len(words) - 2)}

    sets = [shingles(text) for text in texts]
    pairs = []
    for i in range(len(sets)):
        for j in range(i + 1, len(sets)):
            a, b = sets[i], sets[j]
            if a & b and len(a & b) / len(a | b) >= threshold:
                pairs.append((i, j))
    return pairs
