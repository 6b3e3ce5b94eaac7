# misconception: the kept tokens must stay below top_p
# feedback: the token that crosses the mark belongs to the set
def top_p_filter(probabilities, top_p):
    if not 0 < top_p <= 1:
        raise ValueError("top_p must be above 0 and at most 1")
    order = np.argsort(-probabilities, kind="stable")
    keep = order[np.cumsum(probabilities[order]) <= top_p]
    kept = np.zeros(len(probabilities))
    kept[keep] = probabilities[keep]
    return kept / kept.sum()
