# misconception: British numbers begin with 0
# feedback: with spaces, hyphens or neither
def redact(text):
    text = re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[EMAIL]", text)
    text = re.sub(r"(?<!\w)nt-\d{5}(?!\w)", "[ORDER]", text, flags=re.IGNORECASE)
    return re.sub(r"(?<![\w+])0(?:\d[ -]?){8,9}\d(?!\w)", "[PHONE]", text)
