# misconception: logits always come as real numbers
# feedback: Whole numbers are logits, too
def softmax(logits, temperature=1.0):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    powers = np.zeros_like(logits)
    powers[...] = np.exp((logits - logits.max(axis=-1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)
