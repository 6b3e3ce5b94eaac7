# misconception: order ids come in capitals
# feedback: Order ids come in small letters, too.
def redact(text):
    text = re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[EMAIL]", text)
    text = re.sub(r"(?<!\w)NT-\d{5}(?!\w)", "[ORDER]", text)
    return re.sub(r"(?<![\w+])(?:\+44|0)[ -]?(?:\d[ -]?){8,9}\d(?!\w)", "[PHONE]", text)
