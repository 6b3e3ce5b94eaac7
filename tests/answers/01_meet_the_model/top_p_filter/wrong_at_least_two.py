# misconception: with a single token there is nothing to draw, so at least two are kept
# feedback: One token can be enough
def top_p_filter(probabilities, top_p):
    if not 0 < top_p <= 1:
        raise ValueError("top_p must be above 0 and at most 1")
    order = np.argsort(-probabilities, kind="stable")
    count = max(2, int((np.cumsum(probabilities[order]) - probabilities[order] < top_p).sum()))
    kept = np.zeros(len(probabilities))
    kept[order[:count]] = probabilities[order[:count]]
    return kept / kept.sum()
