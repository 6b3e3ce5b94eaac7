# misconception: people in pain spell correctly
# feedback: A word of five letters or more may be one edit away
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
                    if words[i:i + len(wanted)] == wanted:
                        found.add(flag)
    return sorted(found)
