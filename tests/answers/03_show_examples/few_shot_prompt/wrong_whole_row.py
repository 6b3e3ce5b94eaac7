# misconception: the example's ticket is the row without its message
# feedback: Show item, then topic, and nothing else
def few_shot_prompt(message, examples, instruction):
    def quoted(text):
        return json.dumps(text.replace("<", "< "), ensure_ascii=False)

    blocks = [instruction]
    for row in examples:
        ticket = json.dumps({name: value for name, value in row.items() if name != "message"}, ensure_ascii=False)
        blocks.append(f"Message: {quoted(row['message'])}\nTicket: {ticket}")
    blocks.append(f"Message: {quoted(message)}\nTicket:")
    return "\n\n".join(blocks)
