# misconception: whatever stands after the bar is a topic
# feedback: an answer we cannot use is no answer
def parse_ticket(reply, topics=SUPPORT_TOPICS):
    line = next((line for line in reply.splitlines() if "|" in line), None)
    if line is None:
        return None
    item, topic = (part.rpartition(":")[2].strip(" \"'*.`").lower() for part in line.split("|")[:2])
    return item, topic.replace(" ", "_").replace("-", "_")
