# misconception: the sum of all probabilities always reaches 1 in a computer, too
# feedback: if the sum never reaches top_p
def top_p_filter(probabilities, top_p):
    if not 0 < top_p <= 1:
        raise ValueError("top_p must be above 0 and at most 1.")
    order = np.argsort(-probabilities, kind="stable")
    n = np.argmax(np.cumsum(probabilities[order]) >= top_p) + 1
    kept = np.zeros(len(probabilities))
    kept[order[:n]] = probabilities[order[:n]]
    return kept / kept.sum()
