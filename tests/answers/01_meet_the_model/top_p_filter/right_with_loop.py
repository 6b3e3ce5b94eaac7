def top_p_filter(probabilities, top_p):
    if top_p <= 0 or top_p > 1:
        raise ValueError("top_p must lie in (0, 1]")
    kept, reached = np.zeros(len(probabilities)), 0.0
    for token in sorted(range(len(probabilities)), key=lambda t: (-probabilities[t], t)):
        if reached >= top_p:
            break
        kept[token] = probabilities[token]
        reached += probabilities[token]
    return kept / reached
