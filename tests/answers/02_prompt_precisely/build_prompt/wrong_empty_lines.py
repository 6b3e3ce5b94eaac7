# misconception: an empty part may stay in the header as an empty line
# feedback: Without a header the prompt begins with the message
def build_prompt(message, *, role="", context="", instruction="", output_format="", examples=(), cue="Answer:"):
    blocks = ["\n".join([role, context, instruction, output_format])]
    blocks += [f"Message: {m}\n{cue} {a}" for m, a in examples]
    blocks.append(f"Message: {message}\n{cue}")
    return "\n\n".join(blocks)
