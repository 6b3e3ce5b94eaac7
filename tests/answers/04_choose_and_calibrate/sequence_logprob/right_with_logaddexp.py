def sequence_logprob(logits, token_ids, n_prompt):
    if n_prompt < 1 or len(token_ids) - n_prompt < 1:
        raise ValueError("a prompt and an answer are needed")
    shifted, targets = logits[:-1], np.array(token_ids[1:])
    each = np.take_along_axis(shifted, targets[:, None], axis=1)[:, 0] - np.logaddexp.reduce(shifted, axis=1)
    return each[n_prompt - 1:].sum()
