# misconception: the first closing brace ends the object
# feedback: can stand inside a text
def repair_json(text):
    try:
        json.loads(text)
        return text
    except json.JSONDecodeError:
        rest = text[text.find("{") :] if "{" in text else ""
    if '"' not in rest:
        rest = rest.replace("'", '"')
    rest = rest[: rest.find("}") + 1] if "}" in rest else rest
    for attempt in (rest, re.sub(r",\s*}?\s*$", "", rest)):
        for ending in ("", "}", '"}'):
            try:
                json.loads(attempt + ending)
                return attempt + ending
            except json.JSONDecodeError:
                continue
    return text
