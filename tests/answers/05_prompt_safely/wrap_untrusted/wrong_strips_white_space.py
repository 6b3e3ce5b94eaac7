# misconception: a text may be tidied on its way into the prompt
# feedback: The text's own white space is left as it is
def wrap_untrusted(text, tag="ticket"):
    if not re.fullmatch("[a-z]+", tag):
        raise ValueError("not a tag")
    escaped = text.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{tag}>\n{escaped}\n</{tag}>"
