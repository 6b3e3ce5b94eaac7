def few_shot_prompt(message, examples, instruction):
    prompt = instruction
    for row in list(examples) + [{"message": message}]:
        text = "< ".join(row["message"].split("<"))
        prompt += "\n\nMessage: " + json.dumps(text, ensure_ascii=False) + "\nTicket:"
        if "topic" in row:
            fields = {name: row[name] for name in ("item", "topic")}
            prompt += " " + json.dumps(fields, ensure_ascii=False)
    return prompt
