# misconception: $ in a pattern is the end of the string
# feedback: The whole tag must be letters a to z
def wrap_untrusted(text, tag="ticket"):
    if not re.match("^[a-z]+$", tag):
        raise ValueError("not a tag")
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{tag}>\n{escaped}\n</{tag}>"
