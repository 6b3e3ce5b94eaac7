# misconception: the result comes in the order of probability
# feedback: Every token stays in its place
def top_p_filter(probabilities, top_p):
    if not 0 < top_p <= 1:
        raise ValueError("top_p must be above 0 and at most 1")
    p = np.sort(probabilities)[::-1]
    p = np.where(np.cumsum(p) - p < top_p, p, 0)
    return p / p.sum()
