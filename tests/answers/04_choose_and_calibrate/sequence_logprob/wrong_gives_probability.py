# misconception: the likelihood asked for is the probability itself
# feedback: neither the raw logit 7.0 nor the probability 0.25
def sequence_logprob(logits, token_ids, n_prompt):
    if not 1 <= n_prompt < len(token_ids):
        raise ValueError("out of range")
    product = 1.0
    for t in range(n_prompt - 1, len(token_ids) - 1):
        powers = np.exp(logits[t] - logits[t].max())
        product *= powers[token_ids[t + 1]] / powers.sum()
    return float(product)
