# misconception: a system message anywhere makes the default unnecessary
# feedback: Only the first message decides about the default
def chat_text(messages):
    if not messages:
        raise ValueError("no messages")
    if any(m["role"] not in ("system", "user", "assistant") for m in messages):
        raise ValueError("unknown role")
    given = any(m["role"] == "system" for m in messages)
    text = "" if given else f"<|im_start|>system\n{DEFAULT_SYSTEM}<|im_end|>\n"
    return text + "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages) + "<|im_start|>assistant\n"
