# misconception: the label of a token is the next token, so the labels have to be shifted by hand
# feedback: at their own places
def mask_labels(ids, prompt_lengths, lengths):
    if not len(ids) == len(prompt_lengths) == len(lengths):
        raise ValueError("The lists differ in length.")
    if any(not start < stop <= len(row) for row, start, stop in zip(ids, prompt_lengths, lengths)):
        raise ValueError("A row has no answer.")
    return [
        [-100] * (start - 1) + row[start:stop] + [-100] * (len(row) - stop + 1)
        for row, start, stop in zip(ids, prompt_lengths, lengths)
    ]
