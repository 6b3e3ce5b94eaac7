# misconception: a token is four characters
# feedback: count what tokenize returns, not words or letters
def prompt_price(text, tokenize, *, answer_tokens, usd_per_million_in, usd_per_million_out):
    if answer_tokens < 0 or usd_per_million_in < 0 or usd_per_million_out < 0:
        raise ValueError("negative")
    n = len(text) // 4
    usd = n * usd_per_million_in / 1e6 + answer_tokens * usd_per_million_out / 1e6
    return {"prompt_tokens": n, "answer_tokens": answer_tokens, "usd": usd}
