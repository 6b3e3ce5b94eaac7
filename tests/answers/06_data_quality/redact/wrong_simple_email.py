# misconception: an address is a word, an @ and a word with one full stop
# feedback: An address may hold
def redact(text):
    text = re.sub(r"\w+@\w+\.\w+", "[EMAIL]", text)
    text = re.sub(r"(?<!\w)nt-\d{5}(?!\w)", "[ORDER]", text, flags=re.IGNORECASE)
    return re.sub(r"(?<![\w+])(?:\+44|0)[ -]?(?:\d[ -]?){8,9}\d(?!\w)", "[PHONE]", text)
