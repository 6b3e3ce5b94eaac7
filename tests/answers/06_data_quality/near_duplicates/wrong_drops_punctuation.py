# misconception: punctuation can be deleted without a trace
# feedback: Punctuation parts words, also without a space beside it
def near_duplicates(texts, threshold=0.5):
    def shingles(text):
        words = re.sub(r"[^\w\s]", "", text.casefold()).split()
        if not words:
            return set()
        return {tuple(words[k : k + 3]) for k in range(max(1, len(words) - 2))}

    sets = [shingles(text) for text in texts]
    pairs = []
    for i in range(len(sets)):
        for j in range(i + 1, len(sets)):
            a, b = sets[i], sets[j]
            if a & b and len(a & b) / len(a | b) >= threshold:
                pairs.append((i, j))
    return pairs
