def break_even(first, second):
    if not np.isfinite([*first.values(), *second.values()]).all() or min(*first.values(), *second.values()) < 0:
        raise ValueError("A cost is negative or no number.")

    def cheaper(n):
        saved = (first["per_thousand"] - second["per_thousand"]) * n
        return second["fixed"] * 1000 - first["fixed"] * 1000 < saved

    if second["per_thousand"] > first["per_thousand"]:
        return None
    if cheaper(0):
        return 0
    if second["per_thousand"] == first["per_thousand"]:
        return None
    high = 1
    while not cheaper(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if cheaper(middle) else (middle, high)
    return high
