from scipy.special import log_softmax


def sequence_logprob(logits, token_ids, n_prompt):
    if n_prompt < 1 or n_prompt >= len(token_ids):
        raise ValueError("n_prompt must leave at least one token of prompt and one of answer")
    table = log_softmax(logits, axis=1)
    return float(sum(table[place - 1, token_ids[place]] for place in range(n_prompt, len(token_ids))))
