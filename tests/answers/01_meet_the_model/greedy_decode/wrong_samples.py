# misconception: the next token is drawn from the probabilities
# feedback: Give the model all ids so far
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    ids = list(prompt_ids)
    rng = np.random.default_rng(0)
    for _ in range(max_new_tokens):
        logits = np.asarray(next_logits(ids), dtype=float)
        p = np.exp(logits - logits.max())
        ids.append(int(rng.choice(len(p), p=p / p.sum())))
        if ids[-1] == stop_id:
            break
    return ids
