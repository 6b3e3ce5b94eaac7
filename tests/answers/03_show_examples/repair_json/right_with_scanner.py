def repair_json(text):
    def readable(candidate):
        try:
            json.loads(candidate)
        except ValueError:
            return False
        return True

    if readable(text) or "{" not in text:
        return text
    rest = text[text.index("{") :]
    if rest.count('"') == 0:
        rest = "".join('"' if c == "'" else c for c in rest)
    inside, skip, depth = False, False, 0
    for place, c in enumerate(rest):
        if skip:
            skip = False
        elif inside:
            skip, inside = c == "\\", c != '"'
        elif c == '"':
            inside = True
        elif c in "{}":
            depth += 1 if c == "{" else -1
            if depth == 0 and readable(rest[: place + 1]):
                return rest[: place + 1]
    if inside:
        rest += '"'
    bare = rest.rstrip()
    if bare.endswith("}") and not inside:
        bare = bare[:-1].rstrip()
    for candidate in (rest + "}", bare.rstrip(",") + "}"):
        if readable(candidate):
            return candidate
    return text
