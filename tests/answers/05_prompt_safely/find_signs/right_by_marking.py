def find_signs(text, signs):
    clauses = re.split(r"[.,;:!?]|(?<![a-z0-9'])but(?![a-z0-9'])", text.replace("\u2019", "'").lower())
    result = []
    for flag in sorted(signs):
        hits = 0
        for clause in clauses:
            words = re.findall("[a-z0-9']+", clause)
            no = [re.fullmatch("no|not|never|without|denies|.*n't", w) is not None for w in words]
            for phrase in signs[flag]:
                want = phrase.split()
                for i, window in enumerate(zip(*(words[k:] for k in range(len(want))))):
                    ok = [a == b or len(b) > 4 and within_one_edit(a, b) for a, b in zip(window, want)]
                    hits += all(ok) and not sum(no[i - 4 if i > 4 else 0:i])
        if hits:
            result.append(flag)
    return result
