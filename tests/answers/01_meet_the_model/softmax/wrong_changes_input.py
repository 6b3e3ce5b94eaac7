# misconception: an array that was given may be written into
# feedback: write into the caller's array
def softmax(logits, temperature=1.0):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    if logits.dtype.kind != "f":
        logits = logits.astype(float)
    logits -= logits.max(axis=-1, keepdims=True)
    powers = np.exp(logits / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)
