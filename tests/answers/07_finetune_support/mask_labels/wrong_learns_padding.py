# misconception: padding does no harm in the labels
# feedback: the padding (2 as well) is not
def mask_labels(ids, prompt_lengths, lengths):
    if not len(ids) == len(prompt_lengths) == len(lengths):
        raise ValueError("The lists differ in length.")
    if any(not start < stop <= len(row) for row, start, stop in zip(ids, prompt_lengths, lengths)):
        raise ValueError("A row has no answer.")
    return [[-100] * start + row[start:] for row, start in zip(ids, prompt_lengths)]
