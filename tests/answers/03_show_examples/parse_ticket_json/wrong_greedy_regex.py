# misconception: an object reaches from the first brace to the last
# feedback: let raw_decode find the end
def parse_ticket_json(reply, topics=SUPPORT_TOPICS):
    found = re.search(r"\{.*\}", reply, flags=re.DOTALL)
    try:
        ticket = json.loads(found[0])
    except (TypeError, json.JSONDecodeError):
        raise ValueError("no JSON object")
    for field in set(ticket) ^ {"item", "topic"}:
        raise ValueError(f"{field}: missing or too many")
    item, topic = ticket["item"], ticket["topic"]
    if not isinstance(item, str) or not item.strip() or item != item.lower():
        raise ValueError("item must be a text in lower case")
    if topic not in topics:
        raise ValueError("topic is unknown")
    return item, topic
