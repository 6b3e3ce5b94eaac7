# misconception: after the division the rows are probabilities already
# feedback: then make the row add up to 1
def calibrate(scores, content_free_scores):
    def softmax(table):
        powers = np.exp(table - table.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    return softmax(scores) / softmax(content_free_scores).mean(axis=0)
