# misconception: white space carries nothing and may be tidied on the way
# feedback: Leave capitals, spaces and line breaks of the rest alone.
def redact(text):
    words = []
    for word in " ".join(text.split()).split(" "):
        words.append(word)
    text = " ".join(words)
    text = re.sub(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[EMAIL]", text)
    text = re.sub(r"(?i)(?<!\w)nt-\d{5}(?!\w)", "[ORDER]", text)
    return re.sub(r"(?<![\w+])(?:\+44|0)[ -]?(?:\d[ -]?){8,9}\d(?!\w)", "[PHONE]", text)
