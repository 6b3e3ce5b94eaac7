def build_prompt(message, *, role="", context="", instruction="", output_format="", examples=(), cue="Answer:"):
    def block(text, answer=""):
        return f"Message: {text}\n{cue}{answer}"

    header = "\n".join(filter(None, [role, context, instruction, output_format]))
    shown = [block(text, " " + answer) for text, answer in examples]
    return "\n\n".join(filter(None, [header, *shown, block(message)]))
