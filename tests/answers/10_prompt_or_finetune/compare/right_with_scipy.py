from scipy.stats import binomtest


def compare(hits_a, hits_b):
    if len(hits_a) != len(hits_b) or len(hits_a) == 0:
        raise ValueError("Both lists need a value for the same rows, at least one.")
    a, b = np.array(hits_a, dtype=bool), np.array(hits_b, dtype=bool)
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    p = float(binomtest(only_a, only_a + only_b, 0.5).pvalue) if only_a + only_b else 1.0
    if p < 0.05:
        conclusion = "A is better" if only_a > only_b else "B is better"
    else:
        conclusion = "not shown"
    return {"n": len(a), "b": only_a, "c": only_b, "p": p, "conclusion": conclusion}
