# misconception: the largest logit of the whole table will do for every row
# feedback: In a table every row is a softmax of its own
def softmax(logits, temperature=1.0):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    powers = np.exp((logits - logits.max()) / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)
