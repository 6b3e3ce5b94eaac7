# misconception: the standard deviation divides by n
# feedback: by n_orders - 1
def order_spread(score, examples, n_orders, seed=0):
    possible = math.factorial(len(examples))
    if not 2 <= n_orders <= possible:
        raise ValueError(f"n_orders must be between 2 and {possible}, the orders of {len(examples)} examples.")
    rng, orders = random.Random(seed), []
    while len(orders) < n_orders:
        order = rng.sample(range(len(examples)), len(examples))
        if order not in orders:
            orders.append(order)
    scores = [score([examples[i] for i in order]) for order in orders]
    return {
        "scores": scores, "mean": float(np.mean(scores)), "min": min(scores), "max": max(scores),
        "sd": float(np.std(scores, ddof=0)),
    }
