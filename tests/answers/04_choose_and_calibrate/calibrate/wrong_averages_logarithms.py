# misconception: the preference is the mean of the log-probabilities
# feedback: Average the content-free probabilities, not their logarithms
def calibrate(scores, content_free_scores):
    def softmax(table):
        powers = np.exp(table - table.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    divided = softmax(scores) / np.exp(np.log(softmax(content_free_scores)).mean(axis=0))
    return divided / divided.sum(axis=1, keepdims=True)
