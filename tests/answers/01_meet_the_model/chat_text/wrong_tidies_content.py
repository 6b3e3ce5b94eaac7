# misconception: white space around a message may be dropped
# feedback: The content goes in as it is
def chat_text(messages):
    if not messages:
        raise ValueError("no messages")
    if any(m["role"] not in ("system", "user", "assistant") for m in messages):
        raise ValueError("unknown role")
    text = "" if messages[0]["role"] == "system" else f"<|im_start|>system\n{DEFAULT_SYSTEM}<|im_end|>\n"
    text += "".join(f"<|im_start|>{m['role']}\n{m['content'].strip()}<|im_end|>\n" for m in messages)
    return text + "<|im_start|>assistant\n"
