# misconception: without a system message there is none in the text
# feedback: the template puts the default one there
def chat_text(messages):
    if not messages:
        raise ValueError("no messages")
    if any(m["role"] not in ("system", "user", "assistant") for m in messages):
        raise ValueError("unknown role")
    return "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages) + "<|im_start|>assistant\n"
