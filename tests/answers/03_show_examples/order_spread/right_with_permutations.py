import itertools
import statistics


def order_spread(score, examples, n_orders, seed=0):
    everything = list(itertools.permutations(examples))
    if n_orders < 2 or n_orders > len(everything):
        raise ValueError(f"{n_orders} orders of {len(examples)} examples cannot be scored")
    scores = []
    for order in random.Random(seed).sample(everything, n_orders):
        scores.append(score(list(order)))
    return dict(
        scores=scores, mean=statistics.mean(scores), min=min(scores), max=max(scores), sd=statistics.stdev(scores)
    )
