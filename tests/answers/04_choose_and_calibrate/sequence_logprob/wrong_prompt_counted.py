# misconception: the whole sequence has to be scored, prompt and answer
# feedback: and none of the prompt's
def sequence_logprob(logits, token_ids, n_prompt):
    if not 1 <= n_prompt < len(token_ids):
        raise ValueError("out of range")
    total = 0.0
    for t in range(len(token_ids) - 1):
        row = logits[t] - logits[t].max()
        total += row[token_ids[t + 1]] - np.log(np.exp(row).sum())
    return float(total)
