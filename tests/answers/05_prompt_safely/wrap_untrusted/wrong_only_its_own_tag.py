# misconception: only the tag itself, as it is written, can do harm
# feedback: A tag may be nested in a tag or written in capitals
def wrap_untrusted(text, tag="ticket"):
    if not re.fullmatch("[a-z]+", tag):
        raise ValueError("not a tag")
    escaped = text.replace("&", "&amp;").replace(f"</{tag}>", f"&lt;/{tag}&gt;").replace(" <", " &lt;")
    return f"<{tag}>\n{escaped}\n</{tag}>"
