# misconception: with one answer for each row F1 is the same as accuracy (it is, for the micro average)
# feedback: Accuracy would be 3/4
def macro_f1(truth, predicted, labels):
    if len(truth) != len(predicted):
        raise ValueError("different lengths")
    return sum(t == p for t, p in zip(truth, predicted)) / len(truth)
