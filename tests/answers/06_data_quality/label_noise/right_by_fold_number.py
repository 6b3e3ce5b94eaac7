def label_noise(texts, labels, fit, folds=5, seed=0):
    if len(texts) != len(labels) or folds < 2 or len(texts) < folds:
        raise ValueError("cannot deal these rows out")
    number = [i % folds for i in range(len(texts))]
    random.Random(seed).shuffle(number)
    suspects = []
    for k in range(folds):
        known = [(t, y) for t, y, f in zip(texts, labels, number) if f != k]
        asked = [i for i, f in enumerate(number) if f == k]
        answers = fit([t for t, _ in known], [y for _, y in known])([texts[i] for i in asked])
        suspects += [(-sure, i) for i, (label, sure) in zip(asked, answers) if label != labels[i]]
    return len(suspects) / len(texts), [i for _, i in sorted(suspects)]
