# misconception: what cannot be mended is an error
# feedback: return the text as it came
def repair_json(text):
    try:
        json.loads(text)
        return text
    except json.JSONDecodeError:
        rest = text[text.find("{") :] if "{" in text else ""
    if '"' not in rest:
        rest = rest.replace("'", '"')
    for attempt in (rest, re.sub(r",\s*}?\s*$", "", rest)):
        for ending in ("", "}", '"}'):
            try:
                _, end = json.JSONDecoder().raw_decode(attempt + ending)
                return (attempt + ending)[:end]
            except json.JSONDecodeError:
                continue
    raise ValueError("cannot be mended")
