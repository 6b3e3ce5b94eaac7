def parse_ticket(reply, topics=SUPPORT_TOPICS):
    for line in reply.splitlines():
        if "|" not in line:
            continue
        fields = []
        for part in line.split("|")[:2]:
            part = part.split(":")[-1]
            fields.append(part.strip(" \"'*.`").lower())
        item, topic = fields[0], fields[1].replace("-", "_").replace(" ", "_")
        if item and topic in topics:
            return item, topic
        return None
    return None
