def abstention_threshold(confidence, correct, promised):
    c, hit = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=bool)
    if c.shape != hit.shape or c.size == 0 or not 0 < promised <= 1:
        raise ValueError("need two lists of the same length, and a promise from above 0 to 1")
    kept = [t for t in np.unique(c) if hit[c >= t].mean() >= promised]
    if not kept:
        return None
    t = min(kept)
    return float(t), float((c >= t).mean()), float(hit[c >= t].mean())
