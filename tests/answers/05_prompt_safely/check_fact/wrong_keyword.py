# misconception: a reply is right if the allowed string occurs in it, and otherwise says nothing
# feedback: Another quantity of time contradicts the fact.
def check_fact(reply, fact):
    text = reply.lower()
    if fact["kind"] == "amount":
        return "right" if any(words in text for words in fact["allowed"]) else "silent"
    if fact["verb"] not in text:
        return "silent"
    return "right" if (re.search("not|n't", text) is None) == fact["allowed"] else "wrong"
