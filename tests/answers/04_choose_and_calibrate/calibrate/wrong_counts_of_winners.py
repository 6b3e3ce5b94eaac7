# misconception: the preference is how often each answer wins over all the inputs that are to be answered
# feedback: divide by the preference
def calibrate(scores, content_free_scores):
    def softmax(table):
        powers = np.exp(table - table.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    wins = np.bincount(scores.argmax(axis=1), minlength=scores.shape[1]) + 1e-9
    divided = softmax(scores) / (wins / wins.sum())
    return divided / divided.sum(axis=1, keepdims=True)
