# misconception: kappa is not defined as soon as one rater is constant
# feedback: a rater who is constant alone is no special case
def kappa(first, second):
    if len(first) != len(second):
        raise ValueError("different lengths")
    both = [(a, b) for a, b in zip(first, second) if a is not None and b is not None]
    if not both:
        raise ValueError("nothing in common")
    n, one, other = len(both), Counter(a for a, _ in both), Counter(b for _, b in both)
    agreement = sum(a == b for a, b in both) / n
    by_chance = sum(one[label] * other[label] for label in one) / n**2
    value = None if 1 in (len(one), len(other)) else (agreement - by_chance) / (1 - by_chance)
    return {"n": n, "agreement": agreement, "by_chance": by_chance, "kappa": value}
