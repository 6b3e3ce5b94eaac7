def policy_change(replies, old, new):
    if not old or not new or set(map(str.lower, old)) & set(map(str.lower, new)):
        raise ValueError("Old and new need spellings, and different ones.")

    def finder(spellings):
        figure = "|".join(re.escape(text) for text in spellings)
        return re.compile(rf"(?<![^\W_])(?<!_)(?<![0-9][.,])({figure})(\s|-)*days?(?!\w)", flags=re.I)

    finds_old, finds_new = finder(old), finder(new)
    table = {}
    for name in replies:
        counts = {"new": 0, "old": 0, "both": 0, "neither": 0}
        for text in replies[name]:
            has_old, has_new = bool(finds_old.search(text)), bool(finds_new.search(text))
            counts["both" if has_old and has_new else "old" if has_old else "new" if has_new else "neither"] += 1
        n = sum(counts.values())
        if n == 0:
            raise ValueError(f"No replies of {name}.")
        table[name] = {**counts, "n": n, "share_new": counts["new"] / n}
    return table
