# misconception: a phone number is one run of digits
# feedback: The comma and the full stop belong to the sentence
def redact(text):
    text = re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[EMAIL]", text)
    text = re.sub(r"(?<!\w)nt-\d{5}(?!\w)", "[ORDER]", text, flags=re.IGNORECASE)
    return re.sub(r"(?<!\w)(?:\+44|0)\d{9,10}(?!\w)", "[PHONE]", text)
