# misconception: softmax may be computed straight from its formula
# feedback: exp() of such logits overflows or vanishes
def sequence_logprob(logits, token_ids, n_prompt):
    if not 1 <= n_prompt < len(token_ids):
        raise ValueError("out of range")
    rows = logits[n_prompt - 1:-1]
    table = np.log(np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True))
    return float(sum(table[i, token] for i, token in enumerate(token_ids[n_prompt:])))
