def label_noise(texts, labels, fit, folds=5, seed=0):
    n = len(texts)
    if n != len(labels):
        raise ValueError("texts and labels differ in length")
    if folds < 2 or folds > n:
        raise ValueError("folds must be from 2 to the number of rows")
    order = random.Random(seed).sample(range(n), n)
    predicted, confidence = np.empty(n, dtype=object), np.zeros(n)
    for part in np.array_split(np.array(order), folds):
        outside = np.setdiff1d(np.arange(n), part)
        predict = fit([texts[i] for i in outside], [labels[i] for i in outside])
        for i, (label, sure) in zip(part, predict([texts[i] for i in part])):
            predicted[i], confidence[i] = label, sure
    wrong = np.array([predicted[i] != labels[i] for i in range(n)])
    suspects = [int(i) for i in np.argsort(-confidence, kind="stable") if wrong[i]]
    return float(wrong.mean()), suspects
