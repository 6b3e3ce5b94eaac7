# misconception: temperature 0 should give the likeliest token the probability 1
# feedback: Temperature 0 means taking the likeliest token
def softmax(logits, temperature=1.0):
    if temperature == 0:
        return (logits == logits.max(axis=-1, keepdims=True)).astype(float)
    scaled = np.asarray(logits, dtype=float) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
