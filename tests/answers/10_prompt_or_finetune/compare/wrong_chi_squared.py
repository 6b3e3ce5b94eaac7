# misconception: McNemar's test is the chi-squared one, and with continuity correction it is exact enough
# feedback: Only the rows on which they differ count
def compare(hits_a, hits_b):
    if len(hits_a) != len(hits_b) or not len(hits_a):
        raise ValueError("not the same rows")
    b = sum(bool(x) and not y for x, y in zip(hits_a, hits_b))
    c = sum(bool(y) and not x for x, y in zip(hits_a, hits_b))
    p = math.erfc(math.sqrt(max(0, abs(b - c) - 1) ** 2 / (b + c) / 2)) if b + c else 1.0
    conclusion = "not shown" if p >= 0.05 else "A is better" if b > c else "B is better"
    return {"n": len(hits_a), "b": b, "c": c, "p": p, "conclusion": conclusion}
