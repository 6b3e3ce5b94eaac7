# misconception: a token stays if its own probability is at least 1 - top_p
# feedback: It is the sum that
def top_p_filter(probabilities, top_p):
    if not 0 < top_p <= 1:
        raise ValueError("top_p must be above 0 and at most 1")
    kept = np.where(probabilities >= 1 - top_p, probabilities, 0)
    return kept / kept.sum()
