# misconception: both raters share one distribution of labels
# feedback: by_chance is 0.6 · 0.5
def kappa(first, second):
    if len(first) != len(second):
        raise ValueError("different lengths")
    both = [(a, b) for a, b in zip(first, second) if a is not None and b is not None]
    if not both:
        raise ValueError("nothing in common")
    n, one, other = len(both), Counter(a for a, _ in both), Counter(b for _, b in both)
    agreement = sum(a == b for a, b in both) / n
    by_chance = sum((count / (2 * n)) ** 2 for count in (one + other).values())
    value = None if by_chance == 1 else (agreement - by_chance) / (1 - by_chance)
    return {"n": n, "agreement": agreement, "by_chance": by_chance, "kappa": value}
