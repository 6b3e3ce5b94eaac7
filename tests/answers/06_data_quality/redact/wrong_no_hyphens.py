# misconception: the parts of a phone number are parted by spaces only
# feedback: with spaces, hyphens or neither
def redact(text):
    text = re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[EMAIL]", text)
    text = re.sub(r"(?<!\w)nt-\d{5}(?!\w)", "[ORDER]", text, flags=re.IGNORECASE)
    return re.sub(r"(?<![\w+])(?:\+44 ?|0)(?:\d ?){8,9}\d(?!\w)", "[PHONE]", text)
