import html


def wrap_untrusted(text, tag="ticket"):
    if re.fullmatch(r"[a-z]+", tag) is None:
        raise ValueError("not a tag: " + tag)
    return "\n".join([f"<{tag}>", html.escape(text, quote=False), f"</{tag}>"])
