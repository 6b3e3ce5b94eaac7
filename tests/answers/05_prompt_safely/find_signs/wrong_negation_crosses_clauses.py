# misconception: a no within four words negates, whatever stands between
# feedback: A negation reaches no further than its own clause.
def find_signs(text, signs):
    def fits(word, wanted):
        return word == wanted or (len(wanted) >= 5 and within_one_edit(word, wanted))

    found = set()
    words = re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))
    for flag, phrases in signs.items():
        for wanted in (phrase.split() for phrase in phrases):
            for i in range(len(words) - len(wanted) + 1):
                before = words[max(0, i - 4):i]
                if any(w in ("no", "not", "never", "without", "denies") or w.endswith("n't") for w in before):
                    continue
                if all(fits(a, b) for a, b in zip(words[i:], wanted)):
                    found.add(flag)
    return sorted(found)
