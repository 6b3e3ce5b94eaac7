# misconception: every reply has the form that was asked for
# feedback: return None instead of raising an error
def parse_ticket(reply, topics=SUPPORT_TOPICS):
    line = [line for line in reply.splitlines() if "|" in line][0]
    item, topic = (part.rpartition(":")[2].strip(" \"'*.`").lower() for part in line.split("|")[:2])
    topic = topic.replace(" ", "_").replace("-", "_")
    return (item, topic) if item and topic in topics else None
