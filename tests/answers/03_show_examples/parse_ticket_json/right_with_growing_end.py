def parse_ticket_json(reply, topics=SUPPORT_TOPICS):
    def objects():
        for start, sign in enumerate(reply):
            if sign == "{":
                for end in range(start + 2, len(reply) + 1):
                    if reply[end - 1] == "}":
                        try:
                            yield json.loads(reply[start:end])
                        except json.JSONDecodeError:
                            pass

    ticket = next(objects(), None)
    if ticket is None:
        raise ValueError("no JSON")
    rules = {
        "item": lambda v: isinstance(v, str) and bool(v.strip()) and v == v.lower(),
        "topic": lambda v: isinstance(v, str) and v in topics,
    }
    for name in [*rules, *ticket]:
        if name not in ticket or name not in rules or not rules[name](ticket[name]):
            raise ValueError(f"field {name}: {ticket.get(name, 'missing')!r} does not fit the schema")
    return ticket["item"], ticket["topic"]
