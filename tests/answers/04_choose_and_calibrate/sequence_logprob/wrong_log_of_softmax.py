# misconception: with the maximum subtracted, the logarithm of the softmax is always finite
# feedback: Do not take the logarithm of a probability that has become 0
def sequence_logprob(logits, token_ids, n_prompt):
    if not 1 <= n_prompt < len(token_ids):
        raise ValueError("out of range")
    rows = logits[n_prompt - 1:-1]
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    table = np.log(powers / powers.sum(axis=1, keepdims=True))
    return float(sum(table[i, token] for i, token in enumerate(token_ids[n_prompt:])))
