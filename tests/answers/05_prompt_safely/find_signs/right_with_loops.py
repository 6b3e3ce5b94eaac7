def find_signs(text, signs):
    found = set()
    text = text.lower().replace("’", "'")
    for mark in ".,;:!?":
        text = text.replace(mark, " | ")
    words = re.findall(r"[a-z0-9']+|\|", text)
    clauses, current = [], []
    for word in words:
        if word in ("|", "but"):
            clauses.append(current)
            current = []
        else:
            current.append(word)
    clauses.append(current)
    for clause in clauses:
        for start in range(len(clause)):
            negated = False
            for earlier in clause[max(0, start - 4):start]:
                if earlier in {"no", "not", "never", "without", "denies"} or earlier[-3:] == "n't":
                    negated = True
            if negated:
                continue
            for flag in signs:
                for phrase in signs[flag]:
                    parts = phrase.split()
                    here = clause[start:start + len(parts)]
                    if len(here) < len(parts):
                        continue
                    for word, part in zip(here, parts):
                        if word != part and (len(part) < 5 or not within_one_edit(word, part)):
                            break
                    else:
                        found.add(flag)
    return sorted(found)
