# misconception: softmax runs down the columns, over the inputs
# feedback: Softmax each row (axis=1)
def calibrate(scores, content_free_scores):
    def softmax(table):
        powers = np.exp(table - table.max(axis=0))
        return powers / powers.sum(axis=0)

    divided = softmax(scores) / softmax(content_free_scores).mean(axis=0)
    return divided / divided.sum(axis=1, keepdims=True)
