def prompt_price(text, tokenize, *, answer_tokens, usd_per_million_in, usd_per_million_out):
    amounts = np.array([sum(1 for _ in tokenize(text)), answer_tokens])
    prices = np.array([usd_per_million_in, usd_per_million_out], dtype=float)
    if (amounts < 0).any() or (prices < 0).any():
        raise ValueError("negative amounts or prices")
    return {"prompt_tokens": int(amounts[0]), "answer_tokens": answer_tokens, "usd": float(amounts @ prices / 10**6)}
