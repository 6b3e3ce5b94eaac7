# misconception: the default may be inserted into the caller's list
# feedback: Work on a copy
def chat_text(messages):
    if not messages:
        raise ValueError("no messages")
    if any(m["role"] not in ("system", "user", "assistant") for m in messages):
        raise ValueError("unknown role")
    if messages[0]["role"] != "system":
        messages.insert(0, {"role": "system", "content": DEFAULT_SYSTEM})
    return "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages) + "<|im_start|>assistant\n"
