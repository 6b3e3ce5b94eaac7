# misconception: a negation takes back everything after it in the clause
# feedback: Only four words before the phrase can negate it
def find_signs(text, signs):
    def fits(word, wanted):
        return word == wanted or (len(wanted) >= 5 and within_one_edit(word, wanted))

    found = set()
    for clause in re.split(r"[.,;:!?]|\bbut\b", text.lower().replace("’", "'")):
        words = re.findall(r"[a-z0-9']+", clause)
        for flag, phrases in signs.items():
            for wanted in (phrase.split() for phrase in phrases):
                for i in range(len(words) - len(wanted) + 1):
                    before = words[:i]
                    if any(w in ("no", "not", "never", "without", "denies") or w.endswith("n't") for w in before):
                        continue
                    if all(fits(a, b) for a, b in zip(words[i:], wanted)):
                        found.add(flag)
    return sorted(found)
