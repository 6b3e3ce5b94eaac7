# misconception: an answer's score is the mean over its tokens, so that long answers are not at a disadvantage
# feedback: add up their log-probabilities, no average
def sequence_logprob(logits, token_ids, n_prompt):
    if not 1 <= n_prompt < len(token_ids):
        raise ValueError("out of range")
    parts = []
    for t in range(n_prompt - 1, len(token_ids) - 1):
        row = logits[t] - logits[t].max()
        parts.append(row[token_ids[t + 1]] - np.log(np.exp(row).sum()))
    return float(np.mean(parts))
