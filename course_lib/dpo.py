"""Preference tuning: move a model towards the replies that people preferred, and no further than it takes.

Direct preference optimisation (DPO, Rafailov et al. 2023, https://arxiv.org/abs/2305.18290) needs no reward model: the
loss of a pair is small when the model, compared with the *reference* (itself before the training), has made the
preferred reply likelier than the other one. Lesson 09 writes the loss out; here it runs on the trainer of ``finetune``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch.nn.functional import logsigmoid

from course_lib.errors import CourseError
from course_lib.finetune import Example, FinetuneConfig, Finetuned, encode, train_examples
from course_lib.models import LanguageModel

DPO_CONFIG = FinetuneConfig(learning_rate=1e-3, epochs=2, batch_size=4)
"""Gentler than ``finetune``'s defaults: the model can speak already, and shall only lean another way."""


@dataclass(frozen=True)
class Preference:
    """One prompt with two answers, as token ids; for the trainer, what an ``Example`` is for ``finetune``."""

    unit: ClassVar[str] = "nats per pair"
    needs_reference: ClassVar[bool] = True
    weight: ClassVar[int] = 1

    chosen: Example
    rejected: Example
    beta: float

    @property
    def sequences(self) -> list[Example]:
        return [self.chosen, self.rejected]

    @property
    def key(self) -> tuple[Any, ...]:
        return self.chosen.key, self.rejected.key, self.beta

    @staticmethod
    def loss(nll: torch.Tensor, rows: Sequence[Preference], reference: torch.Tensor) -> torch.Tensor:
        """Equation 7 of the paper, summed over the pairs. ``nll`` and ``reference`` hold minus log p of the chosen and
        the rejected answer of each pair, in turn: by the model as it is, and before the first step."""
        gained = reference - nll  # how much likelier than before, in nats
        return -logsigmoid(rows[0].beta * (gained[0::2] - gained[1::2])).sum()


def dpo(
    lm: LanguageModel,
    pairs: Iterable[Mapping[str, Any]],
    config: FinetuneConfig = DPO_CONFIG,
    *,
    beta: float = 0.1,
    dev: Iterable[Mapping[str, Any]] | None = None,
    progress: bool = True,
) -> Finetuned:
    """Train a copy of ``lm`` on rows with a ``prompt``, the ``chosen`` and the ``rejected`` completion.

    ``lm``, which stays as it is, is also the reference: one that was tuned before needs its adapter folded in
    (``adapters.merge``). ``beta`` says how dear it is to move away from the reference: the smaller, the further the
    model goes. Losses are in nats for each pair; they begin at log 2 = 0.69. Like ``finetune``, the same model, pairs
    and config give the first result again, and an interrupted run goes on after its last whole epoch.

    Raises CourseError, with the remedy, for what ``finetune`` refuses, and for a pair of two equal answers; ValueError
    unless ``beta`` is above 0.
    """
    if not beta > 0:
        raise ValueError(f"beta must be above 0, not {beta}.")
    examples = {"train": _encode_pairs(pairs, lm, beta, "train"), "dev": []}
    if dev is not None:
        examples["dev"] = _encode_pairs(dev, lm, beta, "dev")
    return train_examples(lm, examples, config, "DPO", progress)


def _encode_pairs(rows: Iterable[Mapping[str, Any]], lm: LanguageModel, beta: float, split: str) -> list[Preference]:
    """Tokenise both answers of each pair, and check them as ``finetune`` checks its examples."""
    rows = list(rows)
    sides = {}
    for side in ("chosen", "rejected"):
        for place, row in enumerate(rows):
            if not isinstance(row.get(side), str):
                found = ", ".join(map(repr, row)) or "nothing"
                raise CourseError(f"Pair {place} of the {split} set has no text under {side!r}; it has {found}.")
        sides[side] = encode([{"prompt": row.get("prompt"), "completion": row[side]} for row in rows], lm, split)
    for place, (chosen, rejected) in enumerate(zip(*sides.values(), strict=True)):
        if chosen == rejected:
            raise CourseError(f"Pair {place} of the {split} set has the same answer twice: leave it out.")
    return [Preference(c, r, beta) for c, r in zip(*sides.values(), strict=True)]
