def mask_labels(ids, prompt_lengths, lengths):
    if len({len(ids), len(prompt_lengths), len(lengths)}) > 1:
        raise ValueError(f"{len(ids)}, {len(prompt_lengths)} and {len(lengths)} are not the same length.")
    if not ids:
        return []
    table, starts, stops = np.array(ids), np.array(prompt_lengths)[:, None], np.array(lengths)[:, None]
    if (stops > table.shape[1]).any() or (starts >= stops).any():
        raise ValueError("A row has no answer, or fewer tokens than its length.")
    places = np.arange(table.shape[1])
    return np.where((places >= starts) & (places < stops), table, -100).tolist()
