# misconception: a large p shows that the two are equal
# feedback: not 'equal'
def compare(hits_a, hits_b):
    if len(hits_a) != len(hits_b) or not len(hits_a):
        raise ValueError("not the same rows")
    b = sum(bool(x) and not y for x, y in zip(hits_a, hits_b))
    c = sum(bool(y) and not x for x, y in zip(hits_a, hits_b))
    p = min(1.0, 2 * sum(math.comb(b + c, k) for k in range(min(b, c) + 1)) / 2 ** (b + c))
    conclusion = "equal" if p >= 0.05 else "A is better" if b > c else "B is better"
    return {"n": len(hits_a), "b": b, "c": c, "p": p, "conclusion": conclusion}
