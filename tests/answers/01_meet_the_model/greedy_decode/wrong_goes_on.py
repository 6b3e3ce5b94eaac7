# misconception: generation always writes max_new_tokens tokens
# feedback: when it is generated it is kept, and generation ends
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    ids = list(prompt_ids)
    for _ in range(max_new_tokens):
        ids.append(int(np.argmax(next_logits(ids))))
    return ids
