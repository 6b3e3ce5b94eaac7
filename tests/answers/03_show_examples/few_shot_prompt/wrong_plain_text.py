# misconception: quotes around a message make it a string
# feedback: Break up the marks, then let json.dumps write the message
def few_shot_prompt(message, examples, instruction):
    def quoted(text):
        text = text.replace("<", "< ")
        return f'"{text}"'

    blocks = [instruction]
    for row in examples:
        ticket = json.dumps({"item": row["item"], "topic": row["topic"]}, ensure_ascii=False)
        blocks.append(f"Message: {quoted(row['message'])}\nTicket: {ticket}")
    blocks.append(f"Message: {quoted(message)}\nTicket:")
    return "\n\n".join(blocks)
