# misconception: one adapter serves all transformer layers
# feedback: in one layer
def lora_cost(shapes, rank, layers, bytes_per_number=4):
    if layers < 1 or (rank is not None and rank < 1):
        raise ValueError("rank and layers must be at least 1")
    in_one = sum(d_in * d_out if rank is None else rank * (d_in + d_out) for d_in, d_out in shapes.values())
    trained = in_one
    size = trained * bytes_per_number
    return {"trained": trained, "saved_bytes": size, "gradient_bytes": size, "optimizer_bytes": 2 * size}
