# misconception: the model looks at the last few tokens only
# feedback: This is what generate returns for a random two-layer Llama
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    ids = list(prompt_ids)
    for _ in range(max_new_tokens):
        window = ids[-4:] if len(ids) > 4 else ids
        ids.append(int(np.argmax(next_logits(window))))
        if ids[-1] == stop_id:
            break
    return ids
