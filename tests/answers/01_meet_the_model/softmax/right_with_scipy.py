from scipy.special import softmax as scipy_softmax


def softmax(logits, temperature=1.0):
    if not temperature > 0:
        raise ValueError(f"temperature {temperature} is not above 0")
    return scipy_softmax(logits / temperature, axis=-1)
