# misconception: None and a rank of 0 are the same
# feedback: A rank of 0 is no adapter
def lora_cost(shapes, rank, layers, bytes_per_number=4):
    if layers < 1:
        raise ValueError("rank and layers must be at least 1")
    in_one = sum(rank * (d_in + d_out) if rank else d_in * d_out for d_in, d_out in shapes.values())
    trained = in_one * layers
    size = trained * bytes_per_number
    return {"trained": trained, "saved_bytes": size, "gradient_bytes": size, "optimizer_bytes": 2 * size}
