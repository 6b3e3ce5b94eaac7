# misconception: a reply is the object and nothing else
# feedback: Chatter before and after does not matter
def parse_ticket_json(reply, topics=SUPPORT_TOPICS):
    try:
        ticket = json.loads(reply)
    except json.JSONDecodeError as error:
        raise ValueError("JSON: " + str(error))
    if set(ticket) != {"item", "topic"}:
        raise ValueError("the fields must be item and topic, not " + ", ".join(ticket))
    item, topic = ticket["item"], ticket["topic"]
    if not isinstance(item, str) or not item.strip() or item != item.lower():
        raise ValueError("item must be a text in lower case")
    if topic not in topics:
        raise ValueError("topic is unknown")
    return item, topic
