# misconception: a long enough run of digits with spaces is a phone number
# feedback: longer numbers are not personal data
def redact(text):
    text = re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[EMAIL]", text)
    text = re.sub(r"(?<!\w)nt-\d{5}(?!\w)", "[ORDER]", text, flags=re.IGNORECASE)
    return re.sub(r"(?:\+44[ -]?)?(?:\d[ -]?){9,10}\d", "[PHONE]", text)
