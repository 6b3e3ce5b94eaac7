"""The prompting engine gives the same answers however the prompts are batched, and as transformers gives them."""

from __future__ import annotations

import pytest
import torch

from course_lib import prefix_caching, prompting
from course_lib.models import load_model
from course_lib.prompting import Completion, chat, chat_prompt, complete
from tests.tiny import save_tiny_model

PROMPTS = [
    f"The shop sorts tickets.\n\nMessage: {message}\nTopic:"
    for message in (
        "wheres my parka",
        "can a dress go to Canada?",
        "no",
        "the zip of my fleece broke on the second day",
        "",
    )
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return load_model(str(save_tiny_model(tmp_path_factory.mktemp("tiny"))))


def generate(lm, prompt, max_new_tokens):
    """The answer of transformers' own generate, one prompt at a time."""
    ids = lm.tokenizer(prompt, return_tensors="pt", add_special_tokens=False).to(lm.device)
    out = lm.model.generate(
        **ids, max_new_tokens=max_new_tokens, do_sample=False, pad_token_id=lm.tokenizer.pad_token_id
    )
    return lm.tokenizer.decode(out[0, ids["input_ids"].shape[1] :], skip_special_tokens=True)


def test_equals_generate(tiny):
    for batch_size in (1, 2, 5):
        replies = complete(PROMPTS, lm=tiny, max_new_tokens=12, batch_size=batch_size)
        assert [reply.text for reply in replies] == [generate(tiny, prompt, 12) for prompt in PROMPTS]


def test_results_do_not_depend_on_the_company(tiny):
    """The same prompt alone, in any batch, with or without a shared prefix."""
    together = complete(PROMPTS, lm=tiny, max_new_tokens=12)
    for prompt, reply in zip(PROMPTS, together, strict=True):
        assert complete([prompt], lm=tiny, max_new_tokens=12) == [reply]
        assert complete(["Unrelated", prompt], lm=tiny, max_new_tokens=12)[1] == reply


def test_the_shared_prefix_is_read_once(tiny, monkeypatch):
    read = []
    extend = prefix_caching.extend

    def counting(lm, ids, mask, cache, logits_to_keep=0):
        read.append(ids.numel())
        return extend(lm, ids, mask, cache, logits_to_keep)

    monkeypatch.setattr(prefix_caching, "extend", counting)
    monkeypatch.setattr(prompting, "extend", counting)
    prompts = ["word " * 60 + ending for ending in ("a", "b c", "d")]
    lengths = [len(tokens) for tokens in tiny.tokenizer(prompts)["input_ids"]]
    complete(prompts, lm=tiny, max_new_tokens=1)
    assert sum(read) < min(lengths) + 20
    assert sum(read) < sum(lengths) / 2


def test_prefix_is_shared_in_tokens_not_characters():
    assert prefix_caching.shared_prefix_length([[1, 2, 3, 4], [1, 2, 9]]) == 2
    assert prefix_caching.shared_prefix_length([[1, 2, 3], [1, 2, 3]]) == 2  # each keeps a token of its own
    assert prefix_caching.shared_prefix_length([[1], [1, 2]]) == 0


def test_stop_strings_and_cost(tiny):
    full = complete(PROMPTS[:1], lm=tiny, max_new_tokens=12)[0]
    stop = full.text[3:5]
    cut = complete(PROMPTS[:1], lm=tiny, max_new_tokens=12, stop=[stop, "never to be seen"])[0]
    assert cut.text == full.text[: full.text.index(stop)]
    assert (cut.finish, full.finish) == ("stop", "length")
    assert cut.new_tokens < full.new_tokens == 12
    assert full.prompt_tokens == len(tiny.tokenizer(PROMPTS[0])["input_ids"])


def test_end_of_turn(tiny, monkeypatch):
    first = complete(PROMPTS[:1], lm=tiny, max_new_tokens=1)[0]
    token = tiny.tokenizer(first.text, add_special_tokens=False)["input_ids"][0]
    monkeypatch.setattr(tiny.model.generation_config, "eos_token_id", [token, 2])
    assert complete(PROMPTS[:1], lm=tiny, max_new_tokens=9)[0] == Completion("", first.prompt_tokens, 1, "end")


def test_sampling_is_seeded_for_each_prompt(tiny):
    settings = {"lm": tiny, "max_new_tokens": 8, "temperature": 1.5}
    once = complete(PROMPTS, seed=1, **settings)
    assert complete(PROMPTS, seed=1, batch_size=2, **settings) == once
    assert complete(PROMPTS, seed=2, **settings) != once
    assert complete([PROMPTS[0]] * 2, seed=1, **settings)[0] != complete([PROMPTS[0]] * 2, seed=1, **settings)[1]


def test_nucleus_keeps_the_likeliest_tokens():
    logits = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]]))
    streams = [torch.Generator().manual_seed(0)]
    drawn = {prompting._pick(logits, 1.0, 0.7, streams).item() for _ in range(300)}
    assert drawn == {0, 1}
    assert {prompting._pick(logits, 1.0, 0.01, streams).item() for _ in range(20)} == {0}


def test_chat(tiny):
    messages = [{"role": "user", "content": "my boots leak"}]
    assert chat_prompt(messages, lm=tiny) == "<|im_start|>user\nmy boots leak<|im_end|>\n<|im_start|>assistant\n"
    assert (
        chat(messages, lm=tiny, max_new_tokens=5)
        == complete([chat_prompt(messages, lm=tiny)], lm=tiny, max_new_tokens=5)[0]
    )


def test_bad_input(tiny):
    with pytest.raises(TypeError, match=r"write \[prompt\]"):
        complete("a single string", lm=tiny)
    with pytest.raises(ValueError, match="Prompt 1 is empty"):
        complete(["a", ""], lm=tiny)
    with pytest.raises(ValueError, match=r"Prompt 0 has \d+ tokens and asks for 32 more; .* context of 256"):
        complete(["word " * 400], lm=tiny)
    with pytest.raises(ValueError, match="max_new_tokens"):
        complete(["a"], lm=tiny, max_new_tokens=0)
    with pytest.raises(ValueError, match="stop string is empty"):
        complete(["a"], lm=tiny, stop=[""])
    assert complete([], lm=tiny) == []


def test_progress_bar_only_when_it_takes_long(tiny, capsys, monkeypatch):
    complete(PROMPTS, lm=tiny, max_new_tokens=2)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(prompting, "tqdm", lambda **options: _without_delay(options))
    complete(PROMPTS, lm=tiny, max_new_tokens=2)
    assert "Generating" in capsys.readouterr().err


def _without_delay(options):
    from tqdm import tqdm

    assert options.pop("delay") == 3
    return tqdm(**options)


@pytest.mark.model
def test_real_model_does_not_depend_on_batch_size(lm):
    from course_lib.data import load_support

    prompts = [f"Ticket: {row['message']}\nItem:" for row in load_support()["dev"].select(range(12))]
    replies = [complete(prompts, lm=lm, max_new_tokens=8, batch_size=size) for size in (1, 5, 12)]
    assert replies[0] == replies[1] == replies[2]
    assert [reply.text for reply in replies[0][:3]] == [generate(lm, prompt, 8) for prompt in prompts[:3]]


@pytest.mark.model
def test_real_model_answers(lm):
    reply = chat([{"role": "user", "content": "What is the capital of France?"}], lm=lm)
    assert "Paris" in reply.text
    assert reply.finish == "end"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_gives_the_same_answers(tiny, monkeypatch):
    from course_lib import models

    assert tiny.device.type == "cuda"
    monkeypatch.setattr(models, "_pick_device", lambda: torch.device("cpu"))
    cpu = load_model(tiny.model.name_or_path)
    assert complete(PROMPTS, lm=tiny, max_new_tokens=8) == complete(PROMPTS, lm=cpu, max_new_tokens=8)
