# misconception: the formula can be computed as it stands
# feedback: np.exp(10000) is infinite
def softmax(logits, temperature=1.0):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    powers = np.exp(logits / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)
