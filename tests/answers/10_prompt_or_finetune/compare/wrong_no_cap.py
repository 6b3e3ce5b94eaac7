# misconception: twice a probability is a probability
# feedback: cut p off at 1
def compare(hits_a, hits_b):
    if len(hits_a) != len(hits_b) or not len(hits_a):
        raise ValueError("not the same rows")
    b = sum(bool(x) and not y for x, y in zip(hits_a, hits_b))
    c = sum(bool(y) and not x for x, y in zip(hits_a, hits_b))
    p = 2 * sum(math.comb(b + c, k) for k in range(min(b, c) + 1)) / 2 ** (b + c) if b + c else 1.0
    conclusion = "not shown" if p >= 0.05 else "A is better" if b > c else "B is better"
    return {"n": len(hits_a), "b": b, "c": c, "p": p, "conclusion": conclusion}
