"""Prompting: give a language model text and read what it writes next.

``complete`` continues plain text; ``chat_prompt`` turns a conversation into the text that a chat model was
trained on. Decoding is greedy unless you ask for a temperature, and the answer to a prompt does not depend on
which other prompts it was batched with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from tqdm.auto import tqdm

from course_lib.models import LanguageModel, default_model
from course_lib.prefix_caching import PrefixCache, extend

Message = dict[str, str]
"""One turn of a conversation: ``{"role": "system" | "user" | "assistant", "content": text}``."""


@dataclass(frozen=True)
class Completion:
    """What the model wrote after one prompt, and what it cost in tokens.

    ``finish`` says why it ended: ``stop`` (a stop string came), ``end`` (the model ended its turn) or
    ``length`` (``max_new_tokens`` were used up). ``new_tokens`` counts every token that was generated, those
    of a stop string included.
    """

    text: str
    prompt_tokens: int
    new_tokens: int
    finish: str


def chat_prompt(messages: Sequence[Message], *, lm: LanguageModel | None = None) -> str:
    """The conversation as one text, in the model's own chat template, ready for the assistant's turn."""
    tokenizer = (lm or default_model()).tokenizer
    return tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=True)


def chat(messages: Sequence[Message], *, lm: LanguageModel | None = None, max_new_tokens: int = 128) -> Completion:
    """The assistant's answer to one conversation. For many, call ``complete`` on a list of ``chat_prompt``s."""
    lm = lm or default_model()
    return complete([chat_prompt(messages, lm=lm)], lm=lm, max_new_tokens=max_new_tokens)[0]


def complete(
    prompts: Sequence[str],
    *,
    lm: LanguageModel | None = None,
    max_new_tokens: int = 32,
    stop: Sequence[str] = (),
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 0,
    batch_size: int = 16,
    progress: bool = True,
) -> list[Completion]:
    """Continue each prompt; the answers come in the order of the prompts.

    Greedy at ``temperature`` 0. Above it, samples from the smallest set of tokens whose probabilities reach
    ``top_p`` (nucleus sampling, Holtzman et al. 2020, https://arxiv.org/abs/1904.09751), each prompt with a
    random stream of its own that depends only on ``seed`` and its place in ``prompts``. Generation ends before
    the first of the ``stop`` strings, at the model's end-of-turn token, or after ``max_new_tokens``. ``lm`` is
    the default model unless given. A progress bar appears when it takes longer than three seconds.

    Raises TypeError for a single string, ValueError for an empty prompt, one that does not fit into the model's
    context, or settings outside their range.
    """
    if max_new_tokens < 1 or batch_size < 1 or temperature < 0 or not 0 < top_p <= 1:
        raise ValueError("max_new_tokens and batch_size must be at least 1, temperature ≥ 0, and 0 < top_p ≤ 1.")
    if any(not string for string in stop):
        raise ValueError("A stop string is empty; it would stop every answer before it begins.")
    lm = lm or default_model()
    sequences = tokenize(prompts, lm, room=max_new_tokens)
    if not sequences:
        return []
    prefix = PrefixCache(lm, sequences)
    completions: dict[int, Completion] = {}
    for batch in batches(sequences, batch_size, "Generating", "prompt", progress):
        streams = [torch.Generator().manual_seed(seed * 1_000_003 + index) for index in batch]
        rows = [_Row(lm, stop) for _ in batch]
        state = prefix.prefill([sequences[index] for index in batch])
        for step in range(max_new_tokens):
            tokens = _pick(state.logits, temperature, top_p, streams)
            for row, token in zip(rows, tokens.tolist(), strict=True):
                row.add(token)
            if all(row.finish for row in rows) or step == max_new_tokens - 1:
                break
            state.mask = torch.cat([state.mask, torch.ones(len(rows), 1, dtype=torch.long)], dim=1)
            state.logits = extend(lm, tokens[:, None], state.mask, state.cache)[:, -1]
        for index, row in zip(batch, rows, strict=True):
            completions[index] = Completion(row.text, len(sequences[index]), len(row.tokens), row.finish or "length")
    return [completions[index] for index in range(len(sequences))]


def tokenize(prompts: Sequence[str], lm: LanguageModel, room: int = 0) -> list[list[int]]:
    """Token ids of each prompt, checked to leave ``room`` tokens of the model's context free."""
    if isinstance(prompts, str):
        raise TypeError("This takes a list of prompts. For a single one, write [prompt].")
    if not prompts:
        return []
    sequences = lm.tokenizer(list(prompts), add_special_tokens=False)["input_ids"]
    for index, tokens in enumerate(sequences):
        if not tokens:
            raise ValueError(f"Prompt {index} is empty: there is nothing to continue.")
        if len(tokens) + room > lm.context:
            raise ValueError(
                f"Prompt {index} has {len(tokens)} tokens and asks for {room} more; {lm.name} has a context of "
                f"{lm.context}. Shorten the prompt or its examples."
            )
    return sequences


def batches(
    sequences: Sequence[Sequence[int]], batch_size: int, title: str, unit: str, progress: bool
) -> Iterator[list[int]]:
    """Indices in batches of like length (less padding), longest first, under a bar that shows after 3 s."""
    order = sorted(range(len(sequences)), key=lambda index: -len(sequences[index]))
    with tqdm(total=len(order), desc=title, unit=unit, delay=3, leave=False, disable=not progress) as bar:
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            yield batch
            bar.update(len(batch))


class _Row:
    """The growing answer to one prompt."""

    def __init__(self, lm: LanguageModel, stop: Iterable[str]) -> None:
        self.tokenizer, self.stop = lm.tokenizer, stop
        ends = lm.model.generation_config.eos_token_id
        self.ends = set(ends) if isinstance(ends, list) else {ends}
        self.ends.add(lm.tokenizer.eos_token_id)
        self.tokens: list[int] = []
        self.text, self.finish = "", ""

    def add(self, token: int) -> None:
        if self.finish:  # the rest of the batch is still writing
            return
        self.tokens.append(token)
        if token in self.ends:
            self.finish = "end"
            return
        self.text = self.tokenizer.decode(self.tokens, skip_special_tokens=True)
        found = [self.text.find(string) for string in self.stop if string in self.text]
        if found:
            self.text, self.finish = self.text[: min(found)], "stop"


def _pick(logits: torch.Tensor, temperature: float, top_p: float, streams: Sequence[torch.Generator]) -> torch.Tensor:
    """The next token of every row, ``[batch]``: the likeliest one, or a sample."""
    if temperature == 0:
        return logits.argmax(dim=-1)
    probabilities, tokens = (logits / temperature).softmax(dim=-1).sort(dim=-1, descending=True)
    # A token stays while those before it have not reached top_p yet: the first one always does.
    probabilities[probabilities.cumsum(dim=-1) - probabilities >= top_p] = 0
    picks = [torch.multinomial(row, 1, generator=stream) for row, stream in zip(probabilities, streams, strict=True)]
    return tokens.gather(1, torch.stack(picks)).squeeze(1)
