# misconception: the stop token is no part of the answer
# feedback: when it is generated it is kept
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    ids = list(prompt_ids)
    for _ in range(max_new_tokens):
        token = int(np.argmax(next_logits(ids)))
        if token == stop_id:
            break
        ids.append(token)
    return ids
