# misconception: a strict reader may tidy a value up
# feedback: do not correct it in silence
def parse_ticket_json(reply, topics=SUPPORT_TOPICS):
    for found in re.finditer(r"\{", reply):
        try:
            ticket, _ = json.JSONDecoder().raw_decode(reply, found.start())
            break
        except json.JSONDecodeError:
            continue
    else:
        raise ValueError("no JSON object can be read in the reply")
    for field in ("item", "topic"):
        if field not in ticket:
            raise ValueError(f"{field}: is missing")
    if extra := [field for field in ticket if field not in ("item", "topic")]:
        raise ValueError(f"{extra[0]}: is not a field of a ticket")
    item, topic = ticket["item"], ticket["topic"]
    if not isinstance(item, str) or not item.strip():
        raise ValueError(f"item: {item!r} is not a text with something in it")
    item = item.lower()
    if topic not in topics:
        raise ValueError(f"topic: {topic!r} is not one of the topics")
    return item, topic
