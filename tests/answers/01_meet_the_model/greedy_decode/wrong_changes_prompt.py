# misconception: a list that was given may be appended to
# feedback: Work on a copy
def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    for _ in range(max_new_tokens):
        prompt_ids.append(int(np.argmax(next_logits(prompt_ids))))
        if prompt_ids[-1] == stop_id:
            break
    return prompt_ids
