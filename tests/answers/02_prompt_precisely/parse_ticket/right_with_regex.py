import re


def parse_ticket(reply, topics=SUPPORT_TOPICS):
    found = re.search(r"^([^|\n]*)\|([^|\n]*)", reply, flags=re.MULTILINE)
    if not found:
        return None
    item, topic = (re.sub(r"^.*:", "", part).strip(" \"'*.`").lower() for part in found.groups())
    topic = re.sub("[ -]", "_", topic)
    if not item or topic not in topics:
        return None
    return (item, topic)
