def compare(hits_a, hits_b):
    if not hits_a or len(hits_a) != len(hits_b):
        raise ValueError(f"{len(hits_a)} and {len(hits_b)} rows cannot be paired.")
    kinds = Counter((bool(a), bool(b)) for a, b in zip(hits_a, hits_b))
    b, c = kinds[True, False], kinds[False, True]
    probability, total = 0.5 ** (b + c), 0.0
    for heads in range(min(b, c) + 1):
        total += probability
        probability *= (b + c - heads) / (heads + 1)
    p = min(2 * total, 1.0)
    words = {True: "A is better", False: "B is better"}[b > c] if p < 0.05 else "not shown"
    return dict(n=len(hits_a), b=b, c=c, p=p, conclusion=words)
