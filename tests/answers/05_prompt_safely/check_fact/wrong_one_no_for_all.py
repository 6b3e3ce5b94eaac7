# misconception: a negation anywhere in the reply negates all of it
# feedback: Two statements, one against the fact
def check_fact(reply, fact):
    units = {
        "minutes": "time", "minute": "time", "hours": "time", "hour": "time", "days": "time", "day": "time",
        "workdays": "time", "workday": "time", "weeks": "time", "week": "time", "months": "time", "month": "time",
        "pounds": "money", "dollars": "money", "p": "money", "pence": "money", "degrees": "heat",
    }

    def simple(text):
        text = text.lower().replace("\u2019", "'").replace("a colleague will answer within 1 working day", "")
        text = re.sub(r"(working|business) day", "workday", text)
        text = re.sub(r"£\s?(\d+(\.\d+)?)", r"\1 pounds", text)
        text = re.sub(r"\$\s?(\d+(\.\d+)?)", r"\1 dollars", text)
        text = re.sub(r"(\d)p\b", r"\1 p", text)
        return re.sub(r"\s?°c?", " degrees", text)

    def amounts(text):
        found = re.findall(r"(?<![\d.])(\d+(?:\.\d+)?)(?: ?(?:to|-|\u2013) ?(\d+(?:\.\d+)?))?[ -]([a-z]+)", simple(text))
        return [(units[unit], unit.rstrip("s"), a, b) for a, b, unit in found if unit in units]

    if fact["kind"] == "amount":
        allowed = [a for words in fact["allowed"] for a in amounts(words)]
        said = [a for a in amounts(reply) if a[0] == allowed[0][0]]
        if not said:
            return "silent"
        return "right" if all(a in allowed for a in said) else "wrong"

    verb = fact["verb"]
    stem = verb[:-1] if verb.endswith("e") else verb
    endings = ["", "e", "s", "es", "d", "ed", "ing", verb[-1] + "ed", verb[-1] + "ing"]
    forms = {stem + ending for ending in endings}
    said = []
    for piece in re.split(r"[.!?;,]|\bbut\b", re.sub(r"i'm (?:afraid|sorry)", "", simple(reply))):
        words = re.findall(r"[a-z']+", piece)
        if {"i", "i'm", "i'll", "i've"} & set(words):
            continue
        no = [w in ("cannot", "not", "never", "no") or w.endswith("n't") for w in words]
        for i, word in enumerate(words):
            if word in forms:
                said.append(re.search(r"\bnot\b|cannot|n't|never|no longer", simple(reply)) is None)
        if " ".join(w for w in words if w not in ("yes", "no")) in ("you can", "you cannot", "you can't"):
            said.append(words[-1] == "can")
    if not said:
        return "silent"
    return "right" if all(s == fact["allowed"] for s in said) else "wrong"
