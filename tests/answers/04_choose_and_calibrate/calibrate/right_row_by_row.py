def calibrate(scores, content_free_scores):
    def softmax(row):
        row = np.exp(np.array(row) - np.max(row))
        return row / row.sum()

    preference = sum(softmax(row) for row in content_free_scores) / len(content_free_scores)
    result = []
    for row in scores:
        divided = softmax(row) / preference
        result.append(divided / divided.sum())
    return np.array(result)
