# misconception: the first number in the text is the one it says
# feedback: Search on
def policy_change(replies, old, new):
    if not old or not new or {text.lower() for text in old} & {text.lower() for text in new}:
        raise ValueError("spellings")

    def says(text, spellings):
        for found in re.finditer(r"[\d.,]*(?:" + "|".join(map(re.escape, spellings)) + r")[\s-]*days?\b", text, re.I):
            return re.match(r"(?:" + "|".join(map(re.escape, spellings)) + r")[\s-]*day", found[0], re.I) is not None and not text[:found.start()][-1:].isalnum()
        return False

    found = {}
    for system, texts in replies.items():
        if not texts:
            raise ValueError("no replies")
        said = Counter((says(text, new), says(text, old)) for text in texts)
        found[system] = {
            "new": said[True, False], "old": said[False, True], "both": said[True, True],
            "neither": said[False, False], "n": len(texts), "share_new": said[True, False] / len(texts),
        }
    return found
