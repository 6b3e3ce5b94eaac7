def policy_change(replies, old, new):
    old, new = [text.lower() for text in old], [text.lower() for text in new]
    if len(old) == 0 or len(new) == 0 or any(text in new for text in old):
        raise ValueError("The spellings of old and new must be there and differ.")

    def stands_alone(text, place):
        before = text[:place]
        if before and (before[-1].isalnum() or before[-1] == "_"):
            return False
        return not (len(before) > 1 and before[-1] in ".," and before[-2].isdigit())

    def names(text, spellings):
        text = text.lower()
        for spelling in spellings:
            place = text.find(spelling)
            while place >= 0:
                rest = text[place + len(spelling):]
                while rest and (rest[0].isspace() or rest[0] == "-"):
                    rest = rest[1:]
                if stands_alone(text, place) and rest.startswith("day"):
                    rest = rest[4:] if rest.startswith("days") else rest[3:]
                    if not rest or not (rest[0].isalnum() or rest[0] == "_"):
                        return True
                place = text.find(spelling, place + 1)
        return False

    result = {}
    for system, texts in replies.items():
        if len(texts) == 0:
            raise ValueError(system + " has no replies")
        kinds = [(names(text, old), names(text, new)) for text in texts]
        result[system] = {"new": kinds.count((False, True)), "old": kinds.count((True, False)),
                          "both": kinds.count((True, True)), "neither": kinds.count((False, False)),
                          "n": len(texts), "share_new": kinds.count((False, True)) / len(texts)}
    return result
