# misconception: a comma before a brace is always one too many
# feedback: can stand inside a text
def repair_json(text):
    try:
        json.loads(text)
        return text
    except json.JSONDecodeError:
        rest = text[text.find("{") :] if "{" in text else ""
    if '"' not in rest:
        rest = rest.replace("'", '"')
    rest = re.sub(r",\s*$", "", re.sub(r",\s*}", "}", rest))
    for attempt in (rest, rest):
        for ending in ("", "}", '"}'):
            try:
                _, end = json.JSONDecoder().raw_decode(attempt + ending)
                return (attempt + ending)[:end]
            except json.JSONDecodeError:
                continue
    return text
