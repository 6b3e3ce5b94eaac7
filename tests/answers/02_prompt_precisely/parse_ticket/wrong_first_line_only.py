# misconception: the answer always stands on the first line
# feedback: The answer may stand on a later line
def parse_ticket(reply, topics=SUPPORT_TOPICS):
    line = reply.split("\n")[0]
    if "|" not in line:
        return None
    item, topic = (part.rpartition(":")[2].strip(" \"'*.`").lower() for part in line.split("|")[:2])
    topic = topic.replace(" ", "_").replace("-", "_")
    return (item, topic) if item and topic in topics else None
