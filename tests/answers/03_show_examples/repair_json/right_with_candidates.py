def repair_json(text):
    def head(candidate):
        try:
            return candidate[: json.JSONDecoder().raw_decode(candidate)[1]]
        except ValueError:
            return None

    try:
        json.loads(text)
    except ValueError:
        pass
    else:
        return text
    _, brace, rest = text.partition("{")
    if not brace:
        return text
    rest = "{" + rest
    rest = rest if '"' in rest else rest.replace("'", '"')
    bare = rest.strip()
    candidates = [rest, rest + "}", rest + '"}']
    if bare.endswith(","):
        candidates.append(bare[:-1] + "}")
    if bare.endswith("}") and bare[:-1].rstrip().endswith(","):
        candidates.append(bare[:-1].rstrip()[:-1] + "}")
    return next((found for found in map(head, candidates) if found), text)
