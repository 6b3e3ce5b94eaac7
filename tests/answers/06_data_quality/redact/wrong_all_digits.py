# misconception: whatever has digits may identify somebody
# feedback: Keep sizes, prices and quantities
def redact(text):
    text = re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[EMAIL]", text)
    text = re.sub(r"(?<!\w)nt-\d{5}(?!\w)", "[ORDER]", text, flags=re.IGNORECASE)
    return re.sub(r"\+?\d[\d -]*\d", "[PHONE]", text)
