# misconception: an array that was given may be written into
# feedback: Write into a new array
def top_p_filter(probabilities, top_p):
    if not 0 < top_p <= 1:
        raise ValueError("top_p must be above 0 and at most 1")
    order = np.argsort(-probabilities, kind="stable")
    before = np.cumsum(probabilities[order]) - probabilities[order]
    probabilities[order[before >= top_p]] = 0
    return probabilities / probabilities.sum()
