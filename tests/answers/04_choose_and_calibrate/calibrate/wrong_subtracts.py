# misconception: a preference is taken away by subtracting it
# feedback: divide by the preference
def calibrate(scores, content_free_scores):
    def softmax(table):
        powers = np.exp(table - table.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    return softmax(scores) - softmax(content_free_scores).mean(axis=0)
