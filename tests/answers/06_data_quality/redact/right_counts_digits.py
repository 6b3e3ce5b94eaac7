def redact(text):
    def phone(match):
        digits = re.sub(r"\D", "", match[0])
        national = digits[2:] if match[0].startswith("+") else digits[1:]
        return "[PHONE]" if 9 <= len(national) <= 10 else match[0]

    text = re.sub(r"[\w.+-]+@(?:[\w-]+\.)+[\w-]+", "[EMAIL]", text)
    text = re.sub(r"\b[nN][tT]-\d{5}\b", "[ORDER]", text)
    return re.sub(r"(?<![\w+])(?:\+44|0)(?:[ -]?\d)+(?!\w)", phone, text)
