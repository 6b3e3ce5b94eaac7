# misconception: the model remembers what it has read, so the last token is enough
# feedback: Give the model all ids so far, not only the last one
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    ids = list(prompt_ids)
    for _ in range(max_new_tokens):
        ids.append(int(np.argmax(next_logits(ids[-1:]))))
        if ids[-1] == stop_id:
            break
    return ids
