from sklearn.metrics import f1_score


def macro_f1(truth, predicted, labels):
    if len(truth) != len(predicted):
        raise ValueError("the lists must have the same length")
    named = [p if p in labels else "(unreadable)" for p in predicted]
    return f1_score(truth, named, average="macro", labels=list(labels), zero_division=0)
