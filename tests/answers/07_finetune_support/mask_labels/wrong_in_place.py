# misconception: the caller does not need the ids any more, so they can be overwritten
# feedback: Work on a copy
def mask_labels(ids, prompt_lengths, lengths):
    if not len(ids) == len(prompt_lengths) == len(lengths):
        raise ValueError("The lists differ in length.")
    if any(not start < stop <= len(row) for row, start, stop in zip(ids, prompt_lengths, lengths)):
        raise ValueError("A row has no answer.")
    for row, start, stop in zip(ids, prompt_lengths, lengths):
        row[:start] = [-100] * start
        row[stop:] = [-100] * (len(row) - stop)
    return ids
