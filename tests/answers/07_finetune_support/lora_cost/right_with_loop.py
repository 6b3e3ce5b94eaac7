def lora_cost(shapes, rank, layers, bytes_per_number=4):
    if layers < 1:
        raise ValueError("There must be at least one layer.")
    if rank is not None and rank < 1:
        raise ValueError("The rank must be at least 1.")
    trained = 0
    for _ in range(layers):
        for d_in, d_out in shapes.values():
            if rank is None:
                trained += d_in * d_out
            else:
                trained += rank * d_in
                trained += d_out * rank
    one = trained * bytes_per_number
    return {"trained": trained, "saved_bytes": one, "gradient_bytes": one, "optimizer_bytes": one + one}
