# misconception: the model will understand any role's name
# feedback: raise a ValueError for a role you do not know
def chat_text(messages):
    if not messages:
        raise ValueError("no messages")
    text = "" if messages[0]["role"] == "system" else f"<|im_start|>system\n{DEFAULT_SYSTEM}<|im_end|>\n"
    text += "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    return text + "<|im_start|>assistant\n"
