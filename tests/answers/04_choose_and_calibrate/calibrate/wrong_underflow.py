# misconception: log-probabilities can be turned back with exp() whatever their size
# feedback: subtract the row's maximum first
def calibrate(scores, content_free_scores):
    def normalise(table):
        powers = np.exp(table)
        return powers / powers.sum(axis=1, keepdims=True)

    divided = normalise(scores) / normalise(content_free_scores).mean(axis=0)
    return divided / divided.sum(axis=1, keepdims=True)
