# misconception: a stop token anywhere in the text ends it
# feedback: In the prompt it
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    ids = list(prompt_ids)
    for _ in range(max_new_tokens):
        if stop_id in ids:
            break
        ids.append(int(np.argmax(next_logits(ids))))
    return ids
