# misconception: if '14 days' is in the text, the reply says 14 days
# feedback: 114 is not 14
def policy_change(replies, old, new):
    if not old or not new or {text.lower() for text in old} & {text.lower() for text in new}:
        raise ValueError("spellings")

    def says(text, spellings):
        return any(f"{figure}{between}day" in text.lower() for figure in spellings for between in (" ", "-"))

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
