# misconception: an order id is NT, a hyphen and some digits
# feedback: An order id has exactly five digits
def redact(text):
    text = re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[EMAIL]", text)
    text = re.sub(r"nt-\d+", "[ORDER]", text, flags=re.IGNORECASE)
    return re.sub(r"(?<![\w+])(?:\+44|0)[ -]?(?:\d[ -]?){8,9}\d(?!\w)", "[PHONE]", text)
