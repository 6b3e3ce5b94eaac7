# misconception: the first permutations are as good a sample as any
# feedback: the first ones of itertools.permutations all begin alike
import itertools


def order_spread(score, examples, n_orders, seed=0):
    if not 2 <= n_orders <= math.factorial(len(examples)):
        raise ValueError("n_orders does not fit")
    scores = [score(list(order)) for order in itertools.islice(itertools.permutations(examples), n_orders)]
    return {
        "scores": scores, "mean": np.mean(scores), "min": min(scores), "max": max(scores), "sd": np.std(scores, ddof=1),
    }
