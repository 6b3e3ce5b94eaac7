"""Forgetting: what a model could answer before a training and cannot any more (McCloskey & Cohen 1989 call it
*catastrophic interference*, https://doi.org/10.1016/S0079-7421(08)60536-8).

One fixed probe, asked before and after every training, makes a ledger of it.
"""

from __future__ import annotations

import re
from typing import Any

from course_lib.artifacts import artifact_path, load_artifact, save_artifact
from course_lib.data import load_probe
from course_lib.models import LanguageModel
from course_lib.prompting import chat_prompt, complete

LEDGER = "forgetting_ledger"


def ask(lm: LanguageModel, *, progress: bool = True) -> list[dict[str, Any]]:
    """Put the probe's 24 questions to a model, as chat: the rows of ``load_probe`` with ``answer`` (its first line,
    at most 24 tokens) and ``right`` (whether one of ``accepted`` stands in it as a word)."""
    rows = load_probe()
    prompts = [chat_prompt([{"role": "user", "content": row["question"]}], lm=lm) for row in rows]
    answers = complete(prompts, lm=lm, max_new_tokens=24, stop=["\n"], progress=progress)
    return [
        row | {"answer": answer.text.strip(), "right": is_right(answer.text, row["accepted"])}
        for row, answer in zip(rows, answers, strict=True)
    ]


def is_right(answer: str, accepted: list[str]) -> bool:
    """Whether one of the accepted strings stands in the answer, as a whole word and in any capitals."""
    return any(re.search(rf"\b{re.escape(text)}\b", answer, flags=re.IGNORECASE) for text in accepted)


def note(training: str, answers: list[dict[str, Any]]) -> None:
    """Enter the answers of ``ask`` into the ledger under the name of a training, in place of older ones."""
    entries = dict(ledger())
    entries[training] = answers
    save_artifact(LEDGER, list(entries.items()))


def ledger() -> list[tuple[str, list[dict[str, Any]]]]:
    """The ledger so far: trainings in the order in which they were first noted, each with its answers."""
    if not artifact_path(LEDGER).exists():
        return []
    return [(training, answers) for training, answers in load_artifact(LEDGER)]
