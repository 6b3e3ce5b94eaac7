# misconception: mending may begin without looking whether the text is fine
# feedback: What json.loads can read comes back unchanged
def repair_json(text):
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
    return text
