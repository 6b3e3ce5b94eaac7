# misconception: a space after the colon helps the model to go on
# feedback: the cue with nothing after it
def few_shot_prompt(message, examples, instruction):
    def quoted(text):
        return json.dumps(text.replace("<", "< "), ensure_ascii=False)

    blocks = [instruction]
    for row in examples:
        ticket = json.dumps({"item": row["item"], "topic": row["topic"]}, ensure_ascii=False)
        blocks.append(f"Message: {quoted(row['message'])}\nTicket: {ticket}")
    blocks.append(f"Message: {quoted(message)}\nTicket: ")
    return "\n\n".join(blocks)
