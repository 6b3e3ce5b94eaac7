# misconception: only the new message comes from outside, examples are safe
# feedback: Examples are customers' text as well
def few_shot_prompt(message, examples, instruction):
    def quoted(text):
        return json.dumps(text.replace("<", "< "), ensure_ascii=False)

    blocks = [instruction]
    for row in examples:
        ticket = json.dumps({"item": row["item"], "topic": row["topic"]}, ensure_ascii=False)
        blocks.append(f"Message: {json.dumps(row['message'], ensure_ascii=False)}\nTicket: {ticket}")
    blocks.append(f"Message: {quoted(message)}\nTicket:")
    return "\n\n".join(blocks)
