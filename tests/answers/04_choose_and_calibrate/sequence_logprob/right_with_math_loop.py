import math


def sequence_logprob(logits, token_ids, n_prompt):
    if not 0 < n_prompt < len(token_ids):
        raise ValueError(f"n_prompt {n_prompt} is out of range")
    total = 0.0
    for t in range(n_prompt - 1, len(token_ids) - 1):
        row = [float(x) for x in logits[t]]
        top = max(row)
        total += row[token_ids[t + 1]] - top - math.log(sum(math.exp(x - top) for x in row))
    return total
