# misconception: a short word may be misspelt like a long one
# feedback: Words of fewer than five letters must match exactly
def find_signs(text, signs):
    found = set()
    for clause in re.split(r"[.,;:!?]|\bbut\b", text.lower().replace("’", "'")):
        words = re.findall(r"[a-z0-9']+", clause)
        for flag, phrases in signs.items():
            for wanted in (phrase.split() for phrase in phrases):
                for i in range(len(words) - len(wanted) + 1):
                    before = words[max(0, i - 4):i]
                    if any(w in ("no", "not", "never", "without", "denies") or w.endswith("n't") for w in before):
                        continue
                    if all(within_one_edit(a, b) for a, b in zip(words[i:], wanted)):
                        found.add(flag)
    return sorted(found)
