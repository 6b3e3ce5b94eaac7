def prompt_price(text, tokenize, *, answer_tokens, usd_per_million_in, usd_per_million_out):
    for name, value in (
        ("answer_tokens", answer_tokens), ("the price in", usd_per_million_in), ("the price out", usd_per_million_out)
    ):
        if value < 0:
            raise ValueError(f"{name} is {value}, and may not be negative")
    read = len(tokenize(text))
    return dict(
        prompt_tokens=read, answer_tokens=answer_tokens,
        usd=read * (usd_per_million_in * 1e-6) + answer_tokens * (usd_per_million_out * 1e-6),
    )
