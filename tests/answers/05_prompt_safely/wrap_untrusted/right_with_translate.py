def wrap_untrusted(text, tag="ticket"):
    if not tag or any(letter not in "abcdefghijklmnopqrstuvwxyz" for letter in tag):
        raise ValueError("A tag is made of small letters.")
    safe = text.translate({ord("<"): "&lt;", ord(">"): "&gt;", ord("&"): "&amp;"})
    return "<" + tag + ">\n" + safe + "\n</" + tag + ">"
