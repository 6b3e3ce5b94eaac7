# misconception: None is a label like any other
# feedback: Leave out the places where either rater has None
def kappa(first, second):
    if len(first) != len(second):
        raise ValueError("different lengths")
    both = [(a, b) for a, b in zip(first, second)]
    if not both:
        raise ValueError("nothing in common")
    n, one, other = len(both), Counter(a for a, _ in both), Counter(b for _, b in both)
    agreement = sum(a == b for a, b in both) / n
    by_chance = sum(one[label] * other[label] for label in one) / n**2
    value = None if by_chance == 1 else (agreement - by_chance) / (1 - by_chance)
    return {"n": n, "agreement": agreement, "by_chance": by_chance, "kappa": value}
