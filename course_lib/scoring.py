"""Scoring: ask how likely each allowed answer is, instead of reading what the model happens to write."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from course_lib.models import LanguageModel, default_model
from course_lib.prefix_caching import Prefilled, PrefixCache, extend, pad
from course_lib.prompting import batches, tokenize


def score_choices(
    prompts: Sequence[str],
    choices: Sequence[str],
    *,
    lm: LanguageModel | None = None,
    batch_size: int = 8,
    progress: bool = True,
) -> torch.Tensor:
    """Log-probability of every choice as the continuation of every prompt.

    Returns float32 ``[n_prompts, n_choices]`` in nats: the sum over a choice's tokens, given the prompt. Longer
    choices therefore score lower; divide by their length if you want the mean. The tokens that all prompts share
    are read once, and each prompt once for all of its choices.

    A choice must begin at a token boundary: end the prompt without a space and begin the choice with one
    (``"Topic:"`` and ``" return"``). Raises ValueError where the two would melt into one token, for an empty
    or repeated choice, and for a prompt that does not fit; TypeError for a single string.
    """
    lm = lm or default_model()
    if isinstance(choices, str):
        raise TypeError("score_choices takes a list of choices, not one string.")
    if not choices or not all(choices) or len(set(choices)) < len(choices):
        raise ValueError("The choices must be a list of different strings, none of them empty.")
    longest = max(len(tokens) for tokens in lm.tokenizer(list(choices), add_special_tokens=False)["input_ids"])
    sequences = tokenize(prompts, lm, room=longest)
    answers = [_answer_tokens(prompt, tokens, choices, lm) for prompt, tokens in zip(prompts, sequences, strict=True)]
    scores = torch.empty(len(sequences), len(choices))
    if not sequences:
        return scores
    prefix = PrefixCache(lm, sequences)
    for batch in batches(sequences, batch_size, "Scoring", "prompt", progress):
        state = prefix.prefill([sequences[index] for index in batch])
        scores[batch] = _score_batch(lm, state, [answers[index] for index in batch])
    return scores


def _answer_tokens(prompt: str, tokens: list[int], choices: Sequence[str], lm: LanguageModel) -> list[list[int]]:
    """Each choice's tokens as they stand in prompt + choice, which must begin with the prompt's own tokens."""
    answers = []
    for choice, whole in zip(
        choices,
        lm.tokenizer([prompt + choice for choice in choices], add_special_tokens=False)["input_ids"],
        strict=True,
    ):
        if whole[: len(tokens)] != tokens or len(whole) == len(tokens):
            raise ValueError(
                f"The choice {choice!r} melts into the end of the prompt, {prompt[-20:]!r}, when both are tokenised "
                "together. End the prompt without a space and begin every choice with one."
            )
        answers.append(whole[len(tokens) :])
    return answers


def _score_batch(lm: LanguageModel, state: Prefilled, answers: list[list[list[int]]]) -> torch.Tensor:
    """Scores ``[batch, n_choices]`` of prompts that have been read already."""
    n_choices = len(answers[0])
    flat = [answer for row in answers for answer in row]
    # The prompt's last token predicts a choice's first one, so a choice's last token is never read.
    first = state.logits.log_softmax(dim=-1).repeat_interleave(n_choices, dim=0)
    scores = first[torch.arange(len(flat)), [answer[0] for answer in flat]]
    longer = [row for row, answer in enumerate(flat) if len(answer) > 1]
    if longer:
        state.cache.batch_select_indices(torch.tensor([row // n_choices for row in longer], device=lm.device))
        ids, mask = pad([flat[row][:-1] for row in longer], lm.tokenizer.pad_token_id, side="right")
        targets, _ = pad([flat[row][1:] for row in longer], 0, side="right")
        held = state.mask[[row // n_choices for row in longer]]
        logits = extend(lm, ids, torch.cat([held, mask], dim=1), state.cache)
        rest = logits.log_softmax(dim=-1).gather(2, targets[:, :, None]).squeeze(2)
        scores[longer] += (rest * mask).sum(dim=1)
    return scores.view(-1, n_choices)


def calibrate(scores: torch.Tensor, content_free_scores: torch.Tensor) -> torch.Tensor:
    """Contextual calibration (Zhao et al. 2021, https://arxiv.org/abs/2102.09690).

    A model prefers some answers whatever it is asked. ``content_free_scores`` (``[n_inputs, n_choices]``, nats)
    are the choices' scores after prompts without content ("N/A", an empty message); the mean of their
    probabilities over the inputs is that preference, and is divided out of ``scores`` (``[n_prompts, n_choices]``).

    Returns log-probabilities over the choices, ``[n_prompts, n_choices]``. Raises ValueError if shapes differ.
    """
    if scores.ndim != 2 or content_free_scores.ndim != 2 or scores.shape[1] != content_free_scores.shape[1]:
        raise ValueError(
            f"calibrate needs two tables with one column for each choice, got shapes {tuple(scores.shape)} "
            f"and {tuple(content_free_scores.shape)}."
        )
    preference = content_free_scores.log_softmax(dim=-1).exp().mean(dim=0).log()
    return (scores.log_softmax(dim=-1) - preference).log_softmax(dim=-1)
