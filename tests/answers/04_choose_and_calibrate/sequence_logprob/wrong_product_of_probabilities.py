# misconception: multiply the tokens' probabilities first, take the logarithm once at the end
# feedback: add log-probabilities instead of multiplying
def sequence_logprob(logits, token_ids, n_prompt):
    if not 1 <= n_prompt < len(token_ids):
        raise ValueError("out of range")
    rows = logits[n_prompt - 1:-1]
    log_totals = rows.max(axis=1) + np.log(np.exp(rows - rows.max(axis=1, keepdims=True)).sum(axis=1))
    each = rows[np.arange(len(rows)), token_ids[n_prompt:]] - log_totals
    return float(np.log(np.prod(np.exp(each))))
