# misconception: an address reaches up to the next space
# feedback: The comma and the full stop belong to the sentence
def redact(text):
    text = re.sub(r"\S+@\S+", "[EMAIL]", text)
    text = re.sub(r"(?<!\w)nt-\d{5}(?!\w)", "[ORDER]", text, flags=re.IGNORECASE)
    return re.sub(r"(?<![\w+])(?:\+44|0)[ -]?(?:\d[ -]?){8,9}\d(?!\w)", "[PHONE]", text)
