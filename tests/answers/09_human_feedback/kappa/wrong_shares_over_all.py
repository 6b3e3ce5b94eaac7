# misconception: a rater's shares are taken over all of that rater's own ratings
# feedback: all shares are taken over these
def kappa(first, second):
    if len(first) != len(second):
        raise ValueError("different lengths")
    both = [(a, b) for a, b in zip(first, second) if a is not None and b is not None]
    if not both:
        raise ValueError("nothing in common")
    n = len(both)
    one, other = ([r for r in rater if r is not None] for rater in (first, second))
    agreement = sum(a == b for a, b in both) / n
    by_chance = sum(one.count(x) / len(one) * other.count(x) / len(other) for x in set(one))
    value = None if by_chance == 1 else (agreement - by_chance) / (1 - by_chance)
    return {"n": n, "agreement": agreement, "by_chance": by_chance, "kappa": value}
