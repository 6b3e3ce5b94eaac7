# misconception: the two totals say how many rows differ
# feedback: which rows they differ on
def compare(hits_a, hits_b):
    if len(hits_a) != len(hits_b) or not len(hits_a):
        raise ValueError("not the same rows")
    b, c = max(0, sum(hits_a) - sum(hits_b)), max(0, sum(hits_b) - sum(hits_a))
    p = min(1.0, 2 / 2 ** (b + c))
    conclusion = "not shown" if p >= 0.05 else "A is better" if b > c else "B is better"
    return {"n": len(hits_a), "b": b, "c": c, "p": p, "conclusion": conclusion}
