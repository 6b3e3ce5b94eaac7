def chat_text(messages):
    if len(messages) == 0:
        raise ValueError("an empty conversation")
    first = messages[0]["role"]
    turns = [] if first == "system" else [{"role": "system", "content": DEFAULT_SYSTEM}]
    turns += messages
    if unknown := {turn["role"] for turn in turns} - {"system", "user", "assistant"}:
        raise ValueError(f"unknown roles: {unknown}")
    blocks = ["<|im_start|>" + turn["role"] + "\n" + turn["content"] + "<|im_end|>\n" for turn in turns]
    return "".join(blocks) + "<|im_start|>assistant\n"
