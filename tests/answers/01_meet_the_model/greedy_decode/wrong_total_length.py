# misconception: max_new_tokens is the length of the whole text
# feedback: The prompt's ids, then three new ones
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    ids = list(prompt_ids)
    while len(ids) < max_new_tokens:
        ids.append(int(np.argmax(next_logits(ids))))
        if ids[-1] == stop_id:
            break
    return ids
