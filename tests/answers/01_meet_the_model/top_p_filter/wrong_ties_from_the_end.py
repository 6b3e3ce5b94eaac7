# misconception: it does not matter which of equally likely tokens stay
# feedback: Of equally likely tokens the earlier ones are kept
def top_p_filter(probabilities, top_p):
    if not 0 < top_p <= 1:
        raise ValueError("top_p must be above 0 and at most 1")
    order = np.argsort(probabilities, kind="stable")[::-1]
    keep = order[np.cumsum(probabilities[order]) - probabilities[order] < top_p]
    kept = np.zeros(len(probabilities))
    kept[keep] = probabilities[keep]
    return kept / kept.sum()
