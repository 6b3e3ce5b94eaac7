# misconception: a model may be asked about the rows it learned from
# feedback: A model gives back what it has seen
def label_noise(texts, labels, fit, folds=5, seed=0):
    if len(texts) != len(labels) or not 2 <= folds <= len(texts):
        raise ValueError("texts, labels and folds do not go together")
    order, said = list(range(len(texts))), [None] * len(texts)
    random.Random(seed).shuffle(order)
    for k in range(folds):
        fold = order[k::folds]
        others = order
        predict = fit([texts[i] for i in others], [labels[i] for i in others])
        for i, answer in zip(fold, predict([texts[i] for i in fold])):
            said[i] = answer
    suspects = [i for i, answer in enumerate(said) if answer and answer[0] != labels[i]]
    return len(suspects) / len(texts), sorted(suspects, key=lambda i: -said[i][1])
