# misconception: Python's repr of a dictionary is JSON
# feedback: with its ticket as JSON after the cue
def few_shot_prompt(message, examples, instruction):
    def quoted(text):
        return json.dumps(text.replace("<", "< "), ensure_ascii=False)

    blocks = [instruction]
    for row in examples:
        ticket = json.dumps({"item": row["item"], "topic": row["topic"]}, ensure_ascii=False)
        blocks.append(f"Message: {quoted(row['message'])}\nTicket: {dict(item=row['item'], topic=row['topic'])}")
    blocks.append(f"Message: {quoted(message)}\nTicket:")
    return "\n\n".join(blocks)
