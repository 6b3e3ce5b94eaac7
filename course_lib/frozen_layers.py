"""Frozen layers: what training does not change gives the same output in every epoch, so it is computed once.

If only the upper layers of a transformer are trained, the lower ones are a fixed function of the tokens. We cut the
network in two there, run each example through the lower part once, and keep what comes out. The same idea for
convolutional networks is called *bottleneck features* or *feature extraction* (Yosinski et al. 2014,
https://arxiv.org/abs/1411.1792).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import nn
from transformers import PreTrainedModel

from course_lib.prefix_caching import pad
from course_lib.prompting import batches

LIMIT = 2**30
"""Bytes of outputs that are kept; beyond them, the lower layers are run again."""


def split(model: PreTrainedModel, upper_layers: int) -> tuple[nn.Module, PreTrainedModel] | None:
    """Two views of one causal language model, sharing all weights: the layers below the upper ones, and the rest.

    The lower view takes ``input_ids`` and gives ``last_hidden_state``; the upper one takes that as
    ``inputs_embeds`` and gives ``logits``. None for a model that cannot be cut this way: its layers are not in
    ``model.model.layers`` (as Llama's, Mistral's and Qwen's are), or the parts do not add up to the whole.
    """
    decoder = getattr(model, "model", None)
    layers = getattr(decoder, "layers", None)
    if not isinstance(layers, nn.ModuleList) or not 0 < upper_layers < len(layers):
        return None
    cut = len(layers) - upper_layers
    lower = _view(decoder, layers=layers[:cut], norm=nn.Identity())
    upper = _view(model, model=_view(decoder, layers=layers[cut:]))
    for view, kept in ((lower, slice(None, cut)), (upper.model, slice(cut, None))):
        view.config = copy.deepcopy(decoder.config)
        view.config.num_hidden_layers = len(view.layers)
        if getattr(view.config, "layer_types", None):
            view.config.layer_types = decoder.config.layer_types[kept]
    ids = torch.arange(3, 9, device=model.device)[None] % model.config.vocab_size
    with torch.no_grad():
        parts = upper(inputs_embeds=lower(input_ids=ids, use_cache=False).last_hidden_state, use_cache=False)
        whole = model(input_ids=ids, use_cache=False)
    return (lower, upper) if torch.allclose(parts.logits, whole.logits, atol=1e-3) else None


def _view(module: nn.Module, **other: nn.Module) -> nn.Module:
    """A copy of ``module`` that shares its weights, with some submodules exchanged."""
    view = copy.copy(module)
    view._modules = module._modules | other
    return view


class FrozenLayers:
    """Turns token ids into the input of the layers that are trained; each example is read only once.

    ``lower`` is the first part of a split model, or None where there is nothing frozen below.
    """

    def __init__(self, lower: nn.Module | None, pad_id: int, device: torch.device) -> None:
        self.lower, self.pad_id, self.device = lower, pad_id, device
        self.kept: dict[tuple[int, ...], torch.Tensor] = {}
        self.bytes = 0

    def read_once(self, sequences: Sequence[Sequence[int]], progress: bool = True) -> None:
        """Read what will be asked for later. Always in the same batches: padding changes the last digits, and a
        training that goes on after a crash must not end differently for it."""
        if self.lower is None:
            return
        for batch in batches(sequences, 16, "Reading", "example", progress):
            inputs = self._inputs([sequences[index] for index in batch])
            output = self._run(inputs)
            for index, row in zip(batch, output, strict=True):
                key = tuple(sequences[index])
                if key not in self.kept and self.bytes + row.nbytes <= LIMIT:
                    self.kept[key] = row[-len(key) :].clone()  # a slice would keep the whole batch alive
                    self.bytes += self.kept[key].nbytes

    def read(self, sequences: Sequence[Sequence[int]]) -> dict[str, torch.Tensor]:
        """Model inputs for a batch, padded on the left: ``attention_mask`` and ``position_ids`` (int64,
        ``[batch, longest]``), and ``input_ids`` (the same) or ``inputs_embeds`` (``[batch, longest, width]``)."""
        inputs = self._inputs(sequences)
        if self.lower is None:
            return inputs
        rows = [self.kept.get(tuple(tokens)) for tokens in sequences]
        if any(row is None for row in rows):
            embeds = self._run(inputs)
        else:
            embeds = torch.zeros(*inputs["input_ids"].shape, rows[0].shape[-1], dtype=rows[0].dtype, device=self.device)
            for place, row in enumerate(rows):
                embeds[place, -len(row) :] = row
        del inputs["input_ids"]
        return inputs | {"inputs_embeds": embeds}

    def _inputs(self, sequences: Sequence[Sequence[int]]) -> dict[str, torch.Tensor]:
        ids, mask = pad(sequences, self.pad_id, side="left")
        positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
        inputs = {"input_ids": ids, "attention_mask": mask, "position_ids": positions}
        return {name: tensor.to(self.device) for name, tensor in inputs.items()}

    @torch.no_grad()
    def _run(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        return self.lower(**inputs, use_cache=False).last_hidden_state
