# misconception: a space after the last cue helps the model along
# feedback: It ends with the cue: no space
def build_prompt(message, *, role="", context="", instruction="", output_format="", examples=(), cue="Answer:"):
    header = "\n".join(part for part in (role, context, instruction, output_format) if part)
    blocks = [header] if header else []
    blocks += [f"Message: {m}\n{cue} {a}" for m, a in [*examples, (message, "")]]
    return "\n\n".join(blocks)
