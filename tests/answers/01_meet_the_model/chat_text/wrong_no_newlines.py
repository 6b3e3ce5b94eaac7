# misconception: line breaks between the turns are for people only
# feedback: newlines after the role, after <|im_end|>, and at the end
def chat_text(messages):
    if not messages:
        raise ValueError("no messages")
    if any(m["role"] not in ("system", "user", "assistant") for m in messages):
        raise ValueError("unknown role")
    text = "" if messages[0]["role"] == "system" else f"<|im_start|>system\n{DEFAULT_SYSTEM}<|im_end|>"
    return text + "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>" for m in messages) + "<|im_start|>assistant"
