def lora_cost(shapes, rank, layers, bytes_per_number=4):
    if layers < 1 or (rank is not None and rank < 1):
        raise ValueError("rank and layers must be at least 1")
    table = np.array(list(shapes.values()))
    per_layer = table.prod(axis=1).sum() if rank is None else rank * table.sum()
    trained = int(per_layer * layers)
    names = {"saved_bytes": 1, "gradient_bytes": 1, "optimizer_bytes": 2}
    return {"trained": trained} | {name: times * bytes_per_number * trained for name, times in names.items()}
