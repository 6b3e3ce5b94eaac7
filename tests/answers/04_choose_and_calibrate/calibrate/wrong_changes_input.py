# misconception: -= on a parameter works on a copy
# feedback: -= and /= change the array you were given
def calibrate(scores, content_free_scores):
    def normalise(table):
        table -= table.max(axis=1, keepdims=True)
        powers = np.exp(table)
        return powers / powers.sum(axis=1, keepdims=True)

    divided = normalise(scores) / normalise(content_free_scores).mean(axis=0)
    return divided / divided.sum(axis=1, keepdims=True)
