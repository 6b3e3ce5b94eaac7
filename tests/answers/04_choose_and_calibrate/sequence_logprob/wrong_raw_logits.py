# misconception: a logit is a log-probability already
# feedback: Turn each row into log-probabilities
def sequence_logprob(logits, token_ids, n_prompt):
    if not 1 <= n_prompt < len(token_ids):
        raise ValueError("out of range")
    return float(sum(logits[t - 1, token_ids[t]] for t in range(n_prompt, len(token_ids))))
