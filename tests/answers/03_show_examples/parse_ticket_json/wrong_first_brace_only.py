# misconception: the first brace always begins the object
# feedback: go on to the next brace
def parse_ticket_json(reply, topics=SUPPORT_TOPICS):
    for found in re.finditer(r"\{", reply):
        try:
            ticket, _ = json.JSONDecoder().raw_decode(reply, found.start())
            break
        except json.JSONDecodeError:
            raise ValueError("no JSON object can be read")
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
    if item != item.lower():
        raise ValueError(f"item: {item!r} is not in lower case")
    if topic not in topics:
        raise ValueError(f"topic: {topic!r} is not one of the topics")
    return item, topic
