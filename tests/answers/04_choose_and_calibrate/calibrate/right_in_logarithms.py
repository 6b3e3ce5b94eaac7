from scipy.special import log_softmax, logsumexp


def calibrate(scores, content_free_scores):
    free = log_softmax(content_free_scores, axis=1)
    preference = logsumexp(free, axis=0) - np.log(len(free))
    return np.exp(log_softmax(log_softmax(scores, axis=1) - preference, axis=1))
