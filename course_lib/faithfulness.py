"""Faithfulness: does a reply say what the shop's policy says? A check by words, quick and repeatable; it does not read.

Each rule has, in ``data/support/facts.json``, groups of phrases under ``must`` (a faithful reply has one of each group)
and phrases under ``never`` (which speak against the rule). Of the two errors that such a check makes, lesson 09 shows
both, beside the judgement of a reader.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from course_lib.data import DATA


@dataclass(frozen=True)
class FactCheck:
    """``fact``: the reply has the words of a rule that it needs. ``contradiction``: it has words that speak against
    one. ``faithful``: the first and not the second."""

    fact: bool
    contradiction: bool

    @property
    def faithful(self) -> bool:
        return self.fact and not self.contradiction


@functools.cache
def policy_facts() -> dict[str, dict[str, list]]:
    """The phrases of every rule, as in ``facts.json``; not to be changed in place."""
    return json.loads((DATA / "support" / "facts.json").read_text(encoding="utf-8"))


def check_reply(
    reply: str, policy_ids: Sequence[str], facts: Mapping[str, Mapping[str, list]] | None = None
) -> FactCheck:
    """Hold a reply against the rules that its ticket needs (``policy_ids``, "P01" …); capitals do not matter.

    ``facts`` are those of another policy, in the form of ``policy_facts()``, which holds unless they are given. Raises
    ValueError for a rule that the policy does not have.
    """
    facts, text = policy_facts() if facts is None else facts, reply.lower()
    if unknown := [rule for rule in policy_ids if rule not in facts]:
        raise ValueError(f"The policy has no rule {', '.join(unknown)}: its rules are {min(facts)} to {max(facts)}.")
    needed = [facts[rule]["must"] for rule in policy_ids]
    fact = any(all(any(phrase.lower() in text for phrase in group) for group in groups) for groups in needed)
    against = any(phrase.lower() in text for rule in policy_ids for phrase in facts[rule]["never"])
    return FactCheck(fact, against)
