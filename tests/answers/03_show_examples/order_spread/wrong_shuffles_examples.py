# misconception: shuffling the list that I was given does no harm
# feedback: Give score a new list each time
def order_spread(score, examples, n_orders, seed=0):
    if not 2 <= n_orders <= math.factorial(len(examples)):
        raise ValueError("n_orders does not fit")
    rng, seen, scores = random.Random(seed), set(), []
    while len(scores) < n_orders:
        rng.shuffle(examples)
        if str(examples) not in seen:
            seen.add(str(examples))
            scores.append(score(examples))
        if len(examples) < 2:
            break
    return {
        "scores": scores, "mean": np.mean(scores), "min": min(scores), "max": max(scores), "sd": np.std(scores, ddof=1),
    }
