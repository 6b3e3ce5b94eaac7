# misconception: raters who have nothing in common have an agreement of 0
# feedback: raters who have nothing in common
def kappa(first, second):
    if len(first) != len(second):
        raise ValueError("different lengths")
    both = [(a, b) for a, b in zip(first, second) if a is not None and b is not None]
    if not both:
        return {"n": 0, "agreement": 0.0, "by_chance": 0.0, "kappa": 0.0}
    n, one, other = len(both), Counter(a for a, _ in both), Counter(b for _, b in both)
    agreement = sum(a == b for a, b in both) / n
    by_chance = sum(one[label] * other[label] for label in one) / n**2
    value = None if by_chance == 1 else (agreement - by_chance) / (1 - by_chance)
    return {"n": n, "agreement": agreement, "by_chance": by_chance, "kappa": value}
