# misconception: a text identifies its row
# feedback: keep predictions by row number, not by text
def label_noise(texts, labels, fit, folds=5, seed=0):
    if len(texts) != len(labels) or not 2 <= folds <= len(texts):
        raise ValueError("texts, labels and folds do not go together")
    order, said = list(range(len(texts))), {}
    random.Random(seed).shuffle(order)
    for k in range(folds):
        fold = order[k::folds]
        others = [i for i in order if i not in fold]
        predict = fit([texts[i] for i in others], [labels[i] for i in others])
        for i, answer in zip(fold, predict([texts[i] for i in fold])):
            said[texts[i]] = answer
    wrong = {texts[i] for i in order if said[texts[i]][0] != labels[i]}
    suspects = [i for i in range(len(texts)) if texts[i] in wrong]
    return len(suspects) / len(texts), sorted(suspects, key=lambda i: -said[texts[i]][1])
