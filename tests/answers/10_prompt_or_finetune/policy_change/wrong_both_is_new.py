# misconception: a reply that says the new figure is right, whatever else it says
# feedback: that says both is not right
def policy_change(replies, old, new):
    if not old or not new or {text.lower() for text in old} & {text.lower() for text in new}:
        raise ValueError("spellings")

    def says(text, spellings):
        return re.search(r"(?<!\w)(?<!\d[.,])(?:" + "|".join(map(re.escape, spellings)) + r")[\s-]*days?\b", text, re.I) is not None

    found = {}
    for system, texts in replies.items():
        if not texts:
            raise ValueError("no replies")
        said = Counter((says(text, new), says(text, old)) for text in texts)
        found[system] = {
            "new": said[True, False] + said[True, True], "old": said[False, True], "both": 0,
            "neither": said[False, False], "n": len(texts), "share_new": (said[True, False] + said[True, True]) / len(texts),
        }
    return found
