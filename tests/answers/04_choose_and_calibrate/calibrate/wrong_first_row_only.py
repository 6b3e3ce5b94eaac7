# misconception: one content-free input is as good as several
# feedback: use every content-free row
def calibrate(scores, content_free_scores):
    def softmax(table):
        powers = np.exp(table - table.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    divided = softmax(scores) / softmax(content_free_scores)[0]
    return divided / divided.sum(axis=1, keepdims=True)
