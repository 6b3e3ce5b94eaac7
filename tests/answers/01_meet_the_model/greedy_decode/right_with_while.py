def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    new = []
    while len(new) < max_new_tokens and stop_id not in new:
        scores = next_logits(prompt_ids + new)
        new.append(max(range(len(scores)), key=lambda token: scores[token]))
    return prompt_ids + new
