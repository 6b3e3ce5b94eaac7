# misconception: the model should learn the customers' messages as well
# feedback: The prompt's tokens become -100
def mask_labels(ids, prompt_lengths, lengths):
    if not len(ids) == len(prompt_lengths) == len(lengths):
        raise ValueError("The lists differ in length.")
    if any(not start < stop <= len(row) for row, start, stop in zip(ids, prompt_lengths, lengths)):
        raise ValueError("A row has no answer.")
    return [row[:stop] + [-100] * (len(row) - stop) for row, stop in zip(ids, lengths)]
