def softmax(logits, temperature=1.0):
    if temperature <= 0:
        raise ValueError("temperature must be positive")
    if logits.ndim == 2:
        return np.array([softmax(row, temperature) for row in logits])
    highest = max(logits)
    powers = [float(np.exp((z - highest) / temperature)) for z in logits]
    return np.array([p / sum(powers) for p in powers])
