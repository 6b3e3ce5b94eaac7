# misconception: with n_prompt = 0 the last row can stand in for the missing one, as logits[-1] raises no error
# feedback: No row is about the first token
def sequence_logprob(logits, token_ids, n_prompt):
    if n_prompt >= len(token_ids):
        raise ValueError("no answer")
    total = 0.0
    for place in range(n_prompt, len(token_ids)):
        row = logits[place - 1] - logits[place - 1].max()
        total += row[token_ids[place]] - np.log(np.exp(row).sum())
    return float(total)
