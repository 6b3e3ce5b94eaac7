# misconception: row t of the logits is about token t
# feedback: the first token of the answer is judged by the row before its own place
def sequence_logprob(logits, token_ids, n_prompt):
    if not 1 <= n_prompt < len(token_ids):
        raise ValueError("out of range")
    total = 0.0
    for t in range(n_prompt, len(token_ids)):
        row = logits[t] - logits[t].max()
        total += row[token_ids[t]] - np.log(np.exp(row).sum())
    return float(total)
