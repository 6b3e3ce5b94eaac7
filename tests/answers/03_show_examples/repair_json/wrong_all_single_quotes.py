# misconception: every single quote is a broken double quote
# feedback: An apostrophe in a text is not a broken quote
def repair_json(text):
    try:
        json.loads(text)
        return text
    except json.JSONDecodeError:
        rest = text[text.find("{") :] if "{" in text else ""
    rest = rest.replace("'", '"')
    for attempt in (rest, re.sub(r",\s*}?\s*$", "", rest)):
        for ending in ("", "}", '"}'):
            try:
                _, end = json.JSONDecoder().raw_decode(attempt + ending)
                return (attempt + ending)[:end]
            except json.JSONDecodeError:
                continue
    return text
