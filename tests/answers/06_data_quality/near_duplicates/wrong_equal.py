# misconception: copies are equal once they are made equal in capitals and spaces
# feedback: divide by the shingles that at least one has
def near_duplicates(texts, threshold=0.5):
    plain = [" ".join(text.casefold().split()).strip(" .?!") for text in texts]
    return [(i, j) for i in range(len(plain)) for j in range(i + 1, len(plain)) if plain[i] and plain[i] == plain[j]]
