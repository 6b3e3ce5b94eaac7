# misconception: prices are for a thousand tokens
# feedback: each at its own price for a million
def prompt_price(text, tokenize, *, answer_tokens, usd_per_million_in, usd_per_million_out):
    if answer_tokens < 0 or usd_per_million_in < 0 or usd_per_million_out < 0:
        raise ValueError("negative")
    n = len(tokenize(text))
    usd = n * usd_per_million_in / 1000 + answer_tokens * usd_per_million_out / 1000
    return {"prompt_tokens": n, "answer_tokens": answer_tokens, "usd": usd}
