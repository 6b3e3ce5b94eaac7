# misconception: the first end token after the prompt is where the answer ends
# feedback: count places, do not search for an id
def mask_labels(ids, prompt_lengths, lengths):
    if not len(ids) == len(prompt_lengths) == len(lengths):
        raise ValueError("The lists differ in length.")
    if any(not start < stop <= len(row) for row, start, stop in zip(ids, prompt_lengths, lengths)):
        raise ValueError("A row has no answer.")
    labels = []
    for row, start in zip(ids, prompt_lengths):
        stop = row.index(2, start) + 1
        labels.append([-100] * start + row[start:stop] + [-100] * (len(row) - stop))
    return labels
