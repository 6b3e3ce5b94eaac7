# misconception: the customer's text should be tidied up on the way in
# feedback: leave the customer's own spaces alone
def build_prompt(message, *, role="", context="", instruction="", output_format="", examples=(), cue="Answer:"):
    header = "\n".join(part for part in (role, context, instruction, output_format) if part)
    blocks = [header] if header else []
    blocks += [f"Message: {m}\n{cue} {a}" for m, a in examples]
    blocks.append(f"Message: {message.strip()}\n{cue}")
    return "\n\n".join(blocks)
