# misconception: the order of examples and message does not matter
# feedback: Examples come before the message
def build_prompt(message, *, role="", context="", instruction="", output_format="", examples=(), cue="Answer:"):
    header = "\n".join(part for part in (role, context, instruction, output_format) if part)
    blocks = [header] if header else []
    blocks.append(f"Message: {message}\n{cue}")
    blocks += [f"Message: {m}\n{cue} {a}" for m, a in examples]
    return "\n\n".join(blocks)
