def parse_ticket_json(reply, topics=SUPPORT_TOPICS):
    start, ticket = reply.find("{"), None
    while start != -1 and ticket is None:
        try:
            ticket = json.JSONDecoder().raw_decode(reply[start:])[0]
        except ValueError:
            start = reply.find("{", start + 1)
    if ticket is None:
        raise ValueError("This reply holds no JSON object.")
    wrong = {"item", "topic"} ^ set(ticket)
    if wrong:
        raise ValueError("These fields are missing or too many: " + ", ".join(sorted(wrong)))
    item, topic = ticket["item"], ticket["topic"]
    if type(item) is not str or item.strip() == "" or any(c != c.lower() for c in item):
        raise ValueError("The item must be a text in lower case.")
    if topic not in list(topics):
        raise ValueError(f"{topic} is not a topic.")
    return (item, topic)
