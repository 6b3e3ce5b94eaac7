def greedy_decode(next_logits, prompt_ids, max_new_tokens, stop_id):
    longer = [*prompt_ids, next_logits(list(prompt_ids)).argmax().item()]
    if max_new_tokens == 1 or longer[-1] == stop_id:
        return longer
    return greedy_decode(next_logits, longer, max_new_tokens - 1, stop_id)
