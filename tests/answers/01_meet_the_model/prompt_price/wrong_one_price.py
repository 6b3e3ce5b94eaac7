# misconception: a token written costs as much as a token read
# feedback: each at its own price for a million
def prompt_price(text, tokenize, *, answer_tokens, usd_per_million_in, usd_per_million_out):
    if answer_tokens < 0 or usd_per_million_in < 0 or usd_per_million_out < 0:
        raise ValueError("negative")
    n = len(tokenize(text))
    usd = (n + answer_tokens) * usd_per_million_in / 1e6
    return {"prompt_tokens": n, "answer_tokens": answer_tokens, "usd": usd}
