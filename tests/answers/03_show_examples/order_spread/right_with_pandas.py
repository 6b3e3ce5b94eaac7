def order_spread(score, examples, n_orders, seed=0):
    if n_orders < 2:
        raise ValueError("at least two orders")
    if n_orders > math.prod(range(1, len(examples) + 1)):
        raise ValueError("there are not so many orders")
    rng, positions = random.Random(seed), list(range(len(examples)))
    drawn = {}
    while len(drawn) < n_orders:
        rng.shuffle(positions)
        drawn[tuple(positions)] = None
    scores = pd.Series([score([examples[i] for i in order]) for order in drawn])
    return {"scores": scores.tolist(), **{name: getattr(scores, how)() for name, how in
            {"mean": "mean", "min": "min", "max": "max", "sd": "std"}.items()}}
