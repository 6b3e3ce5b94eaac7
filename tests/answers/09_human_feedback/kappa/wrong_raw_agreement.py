# misconception: kappa is another word for the share of equal ratings
# feedback: The example above: by_chance is
def kappa(first, second):
    if len(first) != len(second):
        raise ValueError("different lengths")
    both = [(a, b) for a, b in zip(first, second) if a is not None and b is not None]
    if not both:
        raise ValueError("nothing in common")
    n, one, other = len(both), Counter(a for a, _ in both), Counter(b for _, b in both)
    agreement = sum(a == b for a, b in both) / n
    by_chance = sum(one[label] * other[label] for label in one) / n**2
    value = agreement
    return {"n": n, "agreement": agreement, "by_chance": by_chance, "kappa": value}
