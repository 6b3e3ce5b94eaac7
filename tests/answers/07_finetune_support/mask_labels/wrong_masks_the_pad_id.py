# misconception: padding is recognised by its id, so every token with that id is masked
# feedback: the answer and the end token keep their ids
def mask_labels(ids, prompt_lengths, lengths):
    if not len(ids) == len(prompt_lengths) == len(lengths):
        raise ValueError("The lists differ in length.")
    if any(not start < stop <= len(row) for row, start, stop in zip(ids, prompt_lengths, lengths)):
        raise ValueError("A row has no answer.")
    return [
        [token if place >= start and token != 2 else -100 for place, token in enumerate(row)]
        for row, start in zip(ids, prompt_lengths)
    ]
