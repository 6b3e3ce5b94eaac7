# misconception: the order of the three replacements does not matter
# feedback: Escape the text's own tags; do not delete them
def wrap_untrusted(text, tag="ticket"):
    if not re.fullmatch("[a-z]+", tag):
        raise ValueError("not a tag")
    escaped = text.replace("<", "&lt;").replace(">", "&gt;").replace("&", "&amp;")
    return f"<{tag}>\n{escaped}\n</{tag}>"
