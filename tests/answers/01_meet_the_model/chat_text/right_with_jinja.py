from jinja2 import Template

TURNS = Template(
    "{% for m in turns %}<|im_start|>{{ m.role }}{{ nl }}{{ m.content }}<|im_end|>{{ nl }}{% endfor %}"
    "<|im_start|>assistant{{ nl }}"
)


def chat_text(messages):
    if not messages or not all(m["role"] in ("system", "user", "assistant") for m in messages):
        raise ValueError("messages need to be there, each with a role that the model knows")
    start = [] if messages[0]["role"] == "system" else [{"role": "system", "content": DEFAULT_SYSTEM}]
    return TURNS.render(turns=start + messages, nl="\n")
