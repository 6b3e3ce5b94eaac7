def top_p_filter(probabilities, top_p):
    if not (0 < top_p <= 1):
        raise ValueError("top_p must lie in (0, 1]")
    order = np.lexsort((np.arange(len(probabilities)), -probabilities))
    count = int(np.searchsorted(np.cumsum(probabilities[order]), top_p)) + 1
    mask = np.isin(np.arange(len(probabilities)), order[:count])
    filtered = np.where(mask, probabilities, 0.0)
    return filtered / filtered.sum()
