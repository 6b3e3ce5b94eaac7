# misconception: it is enough to take the closing tag out of the text
# feedback: Escape the text's own tags; do not delete them
def wrap_untrusted(text, tag="ticket"):
    if not re.fullmatch("[a-z]+", tag):
        raise ValueError("not a tag")
    return f"<{tag}>\n{text.replace(f'</{tag}>', '')}\n</{tag}>"
