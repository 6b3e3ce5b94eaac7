def check_fact(reply, fact):
    text = reply.lower().replace("\u2019", "'")
    text = text.replace("a colleague will answer within 1 working day", " ")

    if fact["kind"] == "amount":
        kinds = {
            r"min(?:ute)?s?": ("time", "min"), r"hours?": ("time", "h"), r"(?:working|business) days?": ("time", "wd"),
            r"days?": ("time", "d"), r"weeks?": ("time", "w"), r"months?": ("time", "m"), r"pounds?": ("money", "gbp"),
            r"dollars?": ("money", "usd"), r"pence|p": ("money", "p"), r"degrees?|°c?": ("temperature", "deg"),
        }

        def read(words):
            found = set()
            n = r"(\d+(?:,\d{3})*(?:\.\d+)?)"
            for sign, name in (("£", "gbp"), (r"\$", "usd")):
                for low, high in re.findall(rf"{sign} ?{n}(?: ?(?:to|-|\u2013) ?{sign}?{n})?", words):
                    found.add(("money", name, low, high))
            words = re.sub(rf"[£$] ?{n}", " ", words)
            for pattern, (dimension, name) in kinds.items():
                for low, high in re.findall(rf"{n}(?: ?(?:to|-|\u2013) ?{n})?[ -]?(?:{pattern})(?![a-z])", words):
                    found.add((dimension, name, low, high))
            return found

        allowed = set().union(*(read(words.lower()) for words in fact["allowed"]))
        said = {q for q in read(text) if q[0] in {a[0] for a in allowed}}
        return "silent" if not said else "right" if said <= allowed else "wrong"

    stem = re.escape(fact["verb"].rstrip("e"))
    verb = rf"\b{stem}(?:e|s|es|ed|d|ing|{stem[-1]}ed|{stem[-1]}ing)?\b"
    negated = rf"(?:cannot|can't|n't|\bnot|\bnever|\bno longer)\s(?:[a-z]+\s){{0,3}}?{verb}|{verb}.*\bnot possible|not possible.*{verb}"
    verdicts = []
    for sentence in re.split(r"[.!?]", re.sub(r"\bi(?:'m| am) (?:afraid|sorry)", " ", text)):
        if re.search(r"\bi\b", sentence):
            continue
        for clause in re.split(r"[,;]|\bbut\b", sentence):
            if re.search(verb, clause):
                verdicts.append(not re.search(negated, clause))
            elif found := re.fullmatch(r"\s*(?:yes|no)?\s*you (can|cannot|can't)\s*", clause):
                verdicts.append(found[1] == "can")
    if not verdicts:
        return "silent"
    return "right" if set(verdicts) == {fact["allowed"]} else "wrong"
