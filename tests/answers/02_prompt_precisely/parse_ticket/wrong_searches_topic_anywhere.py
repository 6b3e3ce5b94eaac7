# misconception: a topic's name anywhere in the reply is the answer
# feedback: Read the topic from its place after the bar
def parse_ticket(reply, topics=SUPPORT_TOPICS):
    line = next((line for line in reply.splitlines() if "|" in line), None)
    if line is None:
        return None
    item = line.split("|")[0].rpartition(":")[2].strip(" \"'*.`").lower()
    spoken = reply.lower().replace(" status", "_status")
    topic = next((topic for topic in topics if topic in spoken), None)
    return (item, topic) if item and topic else None
