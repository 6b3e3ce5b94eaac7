# misconception: generate returns the answer without the prompt
# feedback: The prompt's ids, then three new ones
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    ids = list(prompt_ids)
    for _ in range(max_new_tokens):
        ids.append(int(np.argmax(next_logits(ids))))
        if ids[-1] == stop_id:
            break
    return ids[len(prompt_ids):]
