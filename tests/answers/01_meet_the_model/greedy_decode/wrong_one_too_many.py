# misconception: range(n + 1) is needed to get n tokens
# feedback: The prompt's ids, then three new ones
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    ids = list(prompt_ids)
    for _ in range(max_new_tokens + 1):
        ids.append(int(np.argmax(next_logits(ids))))
        if ids[-1] == stop_id:
            break
    return ids
