def threshold_for_recall(scores, red_flag, recall):
    s, flag = np.array(scores), np.array(red_flag, dtype=bool)
    if s.shape != flag.shape or not flag.any() or recall <= 0 or recall > 1:
        raise ValueError("needs as many flags as scores, an emergency, and a recall in (0, 1]")
    candidates = [t for t in np.unique(s) if (s[flag] >= t).mean() >= recall]
    t = max(candidates)
    return t.item(), None if flag.all() else float((s[~flag] >= t).mean())
