def few_shot_prompt(message, examples, instruction):
    def safe(text):
        return json.dumps(re.sub("<", "< ", text), ensure_ascii=False)

    lines = [instruction, ""]
    for row in examples:
        item, topic = (json.dumps(row[name], ensure_ascii=False) for name in ("item", "topic"))
        lines += ["Message: " + safe(row["message"]), 'Ticket: {"item": ' + item + ', "topic": ' + topic + "}", ""]
    lines += ["Message: " + safe(message), "Ticket:"]
    return "\n".join(lines)
