def mask_labels(ids, prompt_lengths, lengths):
    if len(ids) != len(prompt_lengths) or len(ids) != len(lengths):
        raise ValueError("The three lists must have the same length.")
    for row, prompt, length in zip(ids, prompt_lengths, lengths):
        if length > len(row):
            raise ValueError("A row is shorter than its length says.")
        if prompt >= length:
            raise ValueError("A row has no answer.")
    return [
        [token if prompt <= place < length else -100 for place, token in enumerate(row)]
        for row, prompt, length in zip(ids, prompt_lengths, lengths)
    ]
