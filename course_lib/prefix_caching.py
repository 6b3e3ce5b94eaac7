"""Prefix caching: read the tokens that many prompts share once, and keep what attention needs of them.

A few-shot prompt repeats hundreds of tokens for every item. A transformer's keys and values for those tokens do
not depend on what follows, so they are computed once and copied: the *KV cache* of Pope et al. (2022,
https://arxiv.org/abs/2211.05102), shared between prompts as in Zheng et al. (2023, https://arxiv.org/abs/2312.07104).

The prefix is shared in *tokens*, never in characters: cut the text first and both sides of the seam are split
into other tokens than the whole text is, and the model reads something else.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from transformers import Cache, DynamicCache

from course_lib.models import LanguageModel


def shared_prefix_length(sequences: Sequence[Sequence[int]]) -> int:
    """How many leading tokens all sequences share, leaving every sequence at least one token of its own."""
    shortest = min(len(tokens) for tokens in sequences)
    places = zip(*sequences, strict=False)  # ends with the shortest
    shared = sum(1 for _ in itertools.takewhile(lambda tokens: len(set(tokens)) == 1, places))
    return min(shared, shortest - 1)


@dataclass
class Prefilled:
    """A batch of prompts that the model has read.

    ``cache`` holds their keys and values, ``mask`` (int64, ``[batch, length]``) is 1 at real tokens and 0 at
    padding, ``logits`` (float32, ``[batch, vocabulary]``) predict each prompt's next token.
    """

    cache: Cache
    mask: torch.Tensor
    logits: torch.Tensor


class PrefixCache:
    """Reads the shared prefix of ``sequences`` (token ids) once; ``prefill`` then reads batches of them."""

    def __init__(self, lm: LanguageModel, sequences: Sequence[Sequence[int]]) -> None:
        self.lm = lm
        self.length = shared_prefix_length(sequences) if len(sequences) > 1 else 0
        self.cache = DynamicCache(config=lm.model.config)
        if self.length:
            shared = torch.tensor([list(sequences[0][: self.length])])
            extend(lm, shared, torch.ones_like(shared), self.cache, logits_to_keep=1)

    def prefill(self, sequences: Sequence[Sequence[int]]) -> Prefilled:
        """Read a batch of token sequences that begin with the shared prefix."""
        rests = [list(tokens[self.length :]) for tokens in sequences]
        ids, own = pad(rests, self.lm.tokenizer.pad_token_id, side="left")
        mask = torch.cat([torch.ones(len(rests), self.length, dtype=torch.long), own], dim=1)
        cache = copy.deepcopy(self.cache)
        if self.length:
            cache.batch_repeat_interleave(len(rests))
        logits = extend(self.lm, ids, mask, cache, logits_to_keep=1)
        return Prefilled(cache, mask, logits[:, -1])


def pad(sequences: Sequence[Sequence[int]], pad_id: int, side: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and mask, both int64 ``[batch, longest]``; padded on the ``left`` or the ``right``."""
    longest = max(len(tokens) for tokens in sequences)
    ids = torch.full((len(sequences), longest), pad_id, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, tokens in enumerate(sequences):
        place = slice(longest - len(tokens), None) if side == "left" else slice(0, len(tokens))
        ids[row, place] = torch.tensor(list(tokens), dtype=torch.long)
        mask[row, place] = 1
    return ids, mask


@torch.inference_mode()
def extend(
    lm: LanguageModel, ids: torch.Tensor, mask: torch.Tensor, cache: Cache, logits_to_keep: int = 0
) -> torch.Tensor:
    """Read ``ids`` (``[batch, new]``) after what ``cache`` holds; ``cache`` grows in place.

    ``mask`` (``[batch, held + new]``) marks the real tokens. Positions are counted over real tokens only, so
    that padding, wherever it stands, does not move a token. Returns float32 logits ``[batch, kept, vocabulary]``
    for the last ``logits_to_keep`` tokens (0: all of them).
    """
    positions = (mask.long().cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
    output = lm.model(
        input_ids=ids.to(lm.device),
        attention_mask=mask.long().to(lm.device),
        position_ids=positions.to(lm.device),
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=logits_to_keep,
    )
    return output.logits.float().cpu()
