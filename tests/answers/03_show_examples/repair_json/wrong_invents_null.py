# misconception: a missing value can be filled with null
# feedback: Do not make one up
def repair_json(text):
    try:
        json.loads(text)
        return text
    except json.JSONDecodeError:
        rest = text[text.find("{") :] if "{" in text else ""
    if '"' not in rest:
        rest = rest.replace("'", '"')
    for attempt in (rest, re.sub(r",\s*}?\s*$", "", rest)):
        for ending in ("", "}", '"}', " null}"):
            try:
                _, end = json.JSONDecoder().raw_decode(attempt + ending)
                return (attempt + ending)[:end]
            except json.JSONDecodeError:
                continue
    return text
