# misconception: a higher temperature makes the favourites hotter, so logits are multiplied by it
# feedback: Divide the logits (not the probabilities) by the temperature
def softmax(logits, temperature=1.0):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    scaled = np.asarray(logits, dtype=float) * temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
