def kappa(first, second):
    if len(first) != len(second):
        raise ValueError("The two lists must have the same length.")
    a, b = [], []
    for one, other in zip(first, second):
        if one is None or other is None:
            continue
        a.append(one)
        b.append(other)
    n = len(a)
    if n == 0:
        raise ValueError("Nothing in common.")
    agree = 0
    for i in range(n):
        if a[i] == b[i]:
            agree += 1
    p_o = agree / n
    p_e = 0
    for label in set(a) & set(b):
        p_e += a.count(label) / n * (b.count(label) / n)
    try:
        value = (p_o - p_e) / (1 - p_e)
    except ZeroDivisionError:
        value = None
    return {"n": n, "agreement": p_o, "by_chance": p_e, "kappa": value}
