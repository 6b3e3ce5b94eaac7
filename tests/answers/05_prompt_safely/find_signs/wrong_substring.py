# misconception: a phrase stands in the text if its letters do
# feedback: holds the letters of "rash"
def find_signs(text, signs):
    found = set()
    for clause in re.split(r"[.,;:!?]|\bbut\b", text.lower().replace("’", "'")):
        for flag, phrases in signs.items():
            for phrase in phrases:
                if phrase in clause:
                    before = clause[:clause.index(phrase)].split()[-4:]
                    if not any(w in ("no", "not", "never", "without", "denies") or w.endswith("n't") for w in before):
                        found.add(flag)
    return sorted(found)
