def softmax(logits, temperature=1.0):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    z = logits * 1.0 / temperature
    return np.exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True))
