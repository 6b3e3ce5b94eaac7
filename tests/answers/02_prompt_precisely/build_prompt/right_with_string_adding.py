def build_prompt(message, *, role="", context="", instruction="", output_format="", examples=(), cue="Answer:"):
    text = ""
    for part in (role, context, instruction, output_format):
        if part:
            text += part + "\n"
    if text:
        text += "\n"
    for shown, answer in examples:
        text += "Message: " + shown + "\n" + cue + " " + answer + "\n\n"
    return text + "Message: " + message + "\n" + cue
