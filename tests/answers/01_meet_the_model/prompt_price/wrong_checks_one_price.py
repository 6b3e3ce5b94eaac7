# misconception: only the price of reading can be mistyped
# feedback: Each of the three numbers may be 0, but not negative
def prompt_price(text, tokenize, *, answer_tokens, usd_per_million_in, usd_per_million_out):
    if usd_per_million_in < 0:
        raise ValueError("negative price")
    n = len(tokenize(text))
    usd = n * usd_per_million_in / 1e6 + answer_tokens * usd_per_million_out / 1e6
    return {"prompt_tokens": n, "answer_tokens": answer_tokens, "usd": usd}
