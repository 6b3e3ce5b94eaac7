# misconception: the temperature divides the probabilities
# feedback: Divide the logits (not the probabilities) by the temperature
def softmax(logits, temperature=1.0):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) / temperature
