# misconception: tags begin with a letter or a slash, and nothing else can do harm
# feedback: A special token such as <|im_end|> must not survive either.
def wrap_untrusted(text, tag="ticket"):
    if not re.fullmatch("[a-z]+", tag):
        raise ValueError("not a tag")
    escaped = text.replace("&", "&amp;")
    escaped = re.sub(r"<(?!\|)", "&lt;", escaped)
    escaped = re.sub(r"(?<!\|)>", "&gt;", escaped)
    return f"<{tag}>\n{escaped}\n</{tag}>"
