# misconception: removing all punctuation is a safe way to clean a field
# feedback: keep the hyphen inside "t-shirt"
import re


def parse_ticket(reply, topics=SUPPORT_TOPICS):
    line = next((line for line in reply.splitlines() if "|" in line), None)
    if line is None:
        return None
    item, topic = (re.sub(r"[^a-z_ ]", "", part.rpartition(":")[2].lower()).strip() for part in line.split("|")[:2])
    topic = topic.replace(" ", "_")
    return (item, topic) if item and topic in topics else None
