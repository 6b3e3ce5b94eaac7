"""Fine-tuning: go on training a language model on your own examples, by LoRA or in full, on a processor or a GPU.

Four things make it fast enough for a laptop, and none of them changes what is computed:

- logits, by far the widest layer, only where an answer stands;
- examples of like length together, so that little is spent on padding;
- with ``upper_layers``, gradients stop below the layers that are trained, and
- what the frozen layers below make of each example is computed once, not once in every epoch.

LoRA: Hu et al. 2021, https://arxiv.org/abs/2106.09685, by way of peft. The loop is plain PyTorch with accelerate
(https://huggingface.co/docs/accelerate), so ``accelerate launch`` runs it on several processes or GPUs unchanged.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import hashlib
import io
import json
import math
import random
import time
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import filelock
import safetensors.torch
import torch
from accelerate import Accelerator
from torch import nn
from transformers import PreTrainedModel, get_linear_schedule_with_warmup

from course_lib.errors import CourseError
from course_lib.files import write_atomically
from course_lib.frozen_layers import FrozenLayers, split
from course_lib.live_plot import LivePlot
from course_lib.models import LanguageModel, cache_dir, model_digest, quiet_peft, share_weights
from course_lib.prefix_caching import pad

IGNORED = -100
"""The label of a token that the loss leaves out (PyTorch's default ``ignore_index``)."""
RECORDED = ("steps", "epochs", "best_epoch", "seconds", "precision")
FORMAT = 1
"""Part of every memo's key. Raise it when a change below changes what training results in."""


@dataclass(frozen=True)
class FinetuneConfig:
    """How to fine-tune. The defaults suit a few hundred short examples on the course's default model.

    ``method`` is ``lora`` (``rank``, ``alpha`` and ``targets``, the names of the linear layers that get an adapter)
    or ``full``. ``upper_layers`` trains only so many of the upper layers (None: all); fewer
    are faster, more learn more in each step (README has the figures). ``batch_size`` examples make one step, over all
    processes; ``accumulation`` cuts them into so many parts to save memory, at the same result.
    The learning rate climbs during the first ``warmup`` share of the steps, then falls to 0 along a line.
    Training stops when the dev loss has not improved for ``patience`` epochs (None: never), and the best epoch's
    weights are kept. ``precision`` is ``float32``, ``bfloat16`` (autocast), or ``auto``: whichever is faster here.
    """

    method: Literal["lora", "full"] = "lora"
    rank: int = 8
    alpha: float = 16.0
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    upper_layers: int | None = 10
    learning_rate: float = 3e-3
    epochs: int = 4
    batch_size: int = 8
    accumulation: int = 1
    warmup: float = 0.1
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    patience: int | None = None
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        positive = (self.rank, self.alpha, self.learning_rate, self.epochs, self.batch_size, self.accumulation)
        if min(positive) <= 0 or self.max_grad_norm <= 0 or self.weight_decay < 0 or not 0 <= self.warmup < 1:
            raise ValueError("Sizes, rates and counts must be above 0, weight_decay at least 0, warmup in 0 … 1.")
        if self.method not in ("lora", "full") or self.precision not in ("auto", "float32", "bfloat16"):
            raise ValueError("method is 'lora' or 'full'; precision is 'auto', 'float32' or 'bfloat16'.")
        if any(count is not None and count < 1 for count in (self.upper_layers, self.patience)):
            raise ValueError("upper_layers and patience are at least 1, or None.")


@dataclass(frozen=True)
class Finetuned:
    """A model after training, and how it came about.

    ``base`` is the name of the model it was made from, and ``base_digest`` the digest of that model's weights.
    ``steps`` has a row ``{step, epoch, loss, tokens}`` for each step (mean loss in nats for each answer token;
    tokens read), ``epochs`` a row ``{epoch, step, train_loss, dev_loss}`` for each epoch (``dev_loss`` None without a
    dev set). ``best_epoch`` is the one whose weights were kept. ``seconds`` of training; ``reused`` says that the
    result was found on disk, in ``folder``, and not computed again.
    """

    lm: LanguageModel
    base: str
    base_digest: str
    config: FinetuneConfig
    trained_parameters: int
    folder: Path
    reused: bool
    steps: list[dict[str, float]]
    epochs: list[dict[str, float | None]]
    best_epoch: int
    seconds: float
    precision: str


@dataclass(frozen=True)
class Example:
    """Token ids of prompt + completion + end token, and how many of them, at the end, are the answer.

    What a training asks of its rows is named here: the ``sequences`` to read, the ``weight`` of a row in the mean, the
    row's part in the memo's ``key``, and the ``loss`` of a batch. ``dpo.Preference`` answers the same for pairs.
    """

    unit: ClassVar[str] = "nats per answer token"
    needs_reference: ClassVar[bool] = False

    ids: list[int]
    answer: int

    @property
    def sequences(self) -> list[Example]:
        return [self]

    @property
    def weight(self) -> int:
        return self.answer

    @property
    def key(self) -> tuple[list[int], int]:
        return self.ids, self.answer

    @staticmethod
    def loss(nll: torch.Tensor, rows: Sequence[Example], reference: torch.Tensor) -> torch.Tensor:
        """Summed over ``rows``; ``nll`` are the answers' negative log-probabilities in nats, one for each sequence, and
        ``reference`` those before the first step."""
        return nll.sum()


def finetune(
    lm: LanguageModel,
    train: Iterable[Mapping[str, Any]],
    config: FinetuneConfig | None = None,
    *,
    dev: Iterable[Mapping[str, Any]] | None = None,
    progress: bool = True,
) -> Finetuned:
    """Train a copy of ``lm`` on examples with a ``prompt`` and a ``completion``; ``lm`` itself stays as it is.

    The loss counts the completion and the end token after it, never the prompt. A completion must begin at a token
    boundary, as in ``score_choices``. The same model, data and config give the result of the first run again, from
    disk; an interrupted run goes on after its last whole epoch.

    Raises CourseError, with the remedy, for: no examples, a missing or empty text, an example longer than the
    model's context, a loss that is not a number, too little memory, a model that carries an adapter already.
    """
    config = config or FinetuneConfig()
    examples = {"train": encode(train, lm, "train"), "dev": encode(dev, lm, "dev") if dev is not None else []}
    return train_examples(lm, examples, config, "LoRA" if config.method == "lora" else "full fine-tuning", progress)


def train_examples(
    lm: LanguageModel, examples: Mapping[str, Sequence[Example]], config: FinetuneConfig, suffix: str, progress: bool
) -> Finetuned:
    """What ``finetune`` and ``dpo`` share: train on encoded rows under "train" and "dev" (perhaps none), or take the
    result from disk. The new model's name is the old one with ``suffix``."""
    accelerator = Accelerator(mixed_precision="no")  # its setting holds for the whole process; ours for one call
    base_digest = model_digest(lm.model)
    folder = cache_dir() / "finetuned" / _key(base_digest, examples, config)
    lock = filelock.FileLock(folder.with_suffix(".lock"))
    if accelerator.is_main_process:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        accelerator.wait_for_everyone()
        model = _prepare(lm, config, accelerator.device)
        record = _recall(folder, model)
        reused = record is not None
        if not reused:
            training = _Training(model, lm, examples, config, accelerator)
            _train(training, folder, lm.name, progress)
            record = {name: getattr(training, name) for name in RECORDED}
        accelerator.wait_for_everyone()
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise CourseError(_out_of_memory(config)) from error
    except RuntimeError as error:
        if "can't allocate memory" in str(error) or "not enough memory" in str(error):  # PyTorch's words on a CPU
            raise CourseError(_out_of_memory(config)) from error
        raise
    finally:
        lock.release()
    tuned = LanguageModel(model.eval(), lm.tokenizer, accelerator.device, lm.dtype, f"{lm.name} + {suffix}")
    count = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    return Finetuned(tuned, lm.name, base_digest, config, count, folder, reused, **record)


def encode(rows: Iterable[Mapping[str, Any]], lm: LanguageModel, split: str) -> list[Example]:
    """Tokenise, with the end token, and check each example."""
    rows = list(rows)
    if not rows:
        raise CourseError(f"The {split} set is empty: there is nothing to learn from. Give at least one example.")
    for place, row in enumerate(rows):
        for column in ("prompt", "completion"):
            if not isinstance(row.get(column), str) or not row[column].strip():
                raise CourseError(
                    f"Example {place} of the {split} set has no {column}: each needs a text under 'prompt' and one "
                    f"under 'completion'. It has {', '.join(map(repr, row)) or 'nothing'}."
                )
    prompts = lm.tokenizer([row["prompt"] for row in rows], add_special_tokens=False)["input_ids"]
    wholes = lm.tokenizer([row["prompt"] + row["completion"] for row in rows], add_special_tokens=False)["input_ids"]
    examples = []
    for place, (prompt, whole) in enumerate(zip(prompts, wholes, strict=True)):
        if whole[: len(prompt)] != prompt:
            raise CourseError(
                f"Example {place} of the {split} set: the completion melts into the end of the prompt when both are "
                "tokenised. End the prompt without a space and begin the completion with one."
            )
        ids = [*whole, lm.tokenizer.eos_token_id]
        if len(ids) > lm.context:
            raise CourseError(
                f"Example {place} of the {split} set has {len(ids)} tokens, {len(ids) - len(prompt)} of them answer; "
                f"{lm.name} has a context of {lm.context}. Shorten the example or leave it out."
            )
        examples.append(Example(ids, len(ids) - len(prompt)))
    return examples


def _key(base_digest: str, examples: Mapping[str, Sequence[Example]], config: FinetuneConfig) -> str:
    """Name of a result: a digest of everything that it depends on."""
    content = {"format": FORMAT, "model": base_digest, "config": asdict(config)}
    content |= {split: [row.key for row in rows] for split, rows in examples.items()}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]


def _prepare(lm: LanguageModel, config: FinetuneConfig, device: torch.device) -> PreTrainedModel:
    """A model to train, in which only what is to be trained wants gradients."""
    from peft import LoraConfig, PeftModel, get_peft_model

    if isinstance(lm.model, PeftModel):
        raise CourseError(f"{lm.name} carries an adapter already. Fold it in first: merge(lm).")
    depth = lm.model.config.num_hidden_layers
    trained = list(range(depth - min(config.upper_layers or depth, depth), depth))
    # LoRA does not change the weights below it, so the copy can share them with the original, which costs nothing.
    shared = config.method == "lora" and next(lm.model.parameters()).device == device
    model = (share_weights if shared else copy.deepcopy)(lm.model).to(device)
    if config.method == "lora":
        lora = LoraConfig(
            r=config.rank,
            lora_alpha=config.alpha,
            target_modules=list(config.targets),
            layers_to_transform=trained,
            task_type="CAUSAL_LM",
        )
        with torch.random.fork_rng(devices=[]), quiet_peft():
            torch.manual_seed(config.seed)
            try:
                return get_peft_model(model, lora)
            except ValueError as error:
                raise CourseError(f"LoRA does not fit {lm.name}: {error} Set targets in the config.") from error
    for name, parameter in model.named_parameters():
        parts = name.split(".")
        layer = next((int(part) for part in parts if part.isdigit()), None)
        parameter.requires_grad = config.upper_layers is None or layer in trained
    return model


def _trained(model: nn.Module) -> dict[str, torch.Tensor]:
    """The weights that training changes, by name."""
    return {name: p.detach().cpu().clone() for name, p in model.named_parameters() if p.requires_grad}


def _labels(rows: Sequence[Example]) -> torch.Tensor:
    """The answers' token ids, int64 ``[rows, longest answer]``, with IGNORED to the left of shorter ones."""
    return pad([row.ids[-row.answer :] for row in rows], IGNORED, side="left")[0]


class _AnswerLosses(nn.Module):
    """The part of the network that is trained, with each sequence's loss summed over its answer tokens, ``[rows]``."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, inputs: dict[str, torch.Tensor], labels: torch.Tensor) -> torch.Tensor:
        # With padding on the left, all answers stand at the end. The token before predicts an answer's first one.
        keep = labels.shape[1]
        logits = self.model(**inputs, use_cache=False, logits_to_keep=keep + 1).logits[:, :-1]
        losses = nn.functional.cross_entropy(
            logits.float().flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="none"
        )
        return losses.view(labels.shape).sum(dim=1)


def _length(row: Example) -> int:
    return max(len(sequence.ids) for sequence in row.sequences)


def _batches(examples: Sequence[Example], config: FinetuneConfig, epoch: int) -> list[list[int]]:
    """An epoch's batches: in random order, yet each of examples of about the same length.

    Shuffles, sorts stretches of some batches by length, and shuffles the batches (transformers calls this
    ``group_by_length``). The same seed and epoch give the same batches on every machine and process.
    """
    rng = random.Random(f"{config.seed} {epoch}")
    order = rng.sample(range(len(examples)), len(examples))
    stretch = 16 * config.batch_size
    batches = []
    for start in range(0, len(order), stretch):
        group = sorted(order[start : start + stretch], key=lambda index: _length(examples[index]))
        batches += [group[place : place + config.batch_size] for place in range(0, len(group), config.batch_size)]
    rng.shuffle(batches)
    return batches


@functools.cache
def pick_precision(wanted: str, device: torch.device) -> str:
    """``float32`` or ``bfloat16``; for ``auto``, whichever runs a small layer forwards and backwards faster here.

    A processor may have bfloat16 instructions and still be slower with them, so we time it: 0.1 s, once a session.
    """
    if wanted != "auto":
        return wanted
    layer, x = nn.Linear(576, 1536).to(device), torch.randn(512, 576, device=device, requires_grad=True)

    def seconds(enabled: bool) -> float:
        times = []
        for _ in range(6):
            began = time.perf_counter()
            with torch.autocast(device.type, torch.bfloat16, enabled=enabled):
                loss = layer(x).float().sum()
            loss.backward()
            float(x.grad[0, 0])  # waits for a GPU to finish
            times.append(time.perf_counter() - began)
        return min(times)

    return "bfloat16" if seconds(True) < 0.9 * seconds(False) else "float32"


class _Training:
    """One training on its way: what to do for a step and for an epoch, and the state that survives a crash."""

    def __init__(
        self,
        model: PreTrainedModel,
        lm: LanguageModel,
        examples: Mapping[str, Sequence[Example]],
        config: FinetuneConfig,
        accelerator: Accelerator,
    ) -> None:
        self.model, self.examples, self.config, self.accelerator = model, examples, config, accelerator
        whole = model.get_base_model() if config.method == "lora" else model
        parts = split(whole, config.upper_layers) if config.upper_layers else None
        self.frozen = FrozenLayers(parts[0] if parts else None, lm.tokenizer.pad_token_id, accelerator.device)
        self.plan = [_batches(examples["train"], config, epoch) for epoch in range(config.epochs)]
        self.total = sum(map(len, self.plan))
        self.parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(self.parameters, lr=config.learning_rate, weight_decay=config.weight_decay)
        self.schedule = get_linear_schedule_with_warmup(optimizer, round(config.warmup * self.total), self.total)
        self.network, self.optimizer = accelerator.prepare(_AnswerLosses(parts[1] if parts else whole), optimizer)
        self.network.train()
        self.precision = pick_precision(config.precision, accelerator.device)
        self.reference: dict[int, torch.Tensor] = {}
        self.steps: list[dict[str, float]] = []
        self.epochs: list[dict[str, float | None]] = []
        self.best: dict[str, torch.Tensor] = {}
        self.seconds = 0.0

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest dev loss, counted from 1; the last one without a dev set."""
        if not self.examples["dev"]:
            return len(self.epochs)
        return min(self.epochs, key=lambda row: row["dev_loss"])["epoch"]

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or the dev loss has not improved for too long."""
        waited = len(self.epochs) - self.best_epoch if self.epochs else 0
        out_of_patience = self.config.patience is not None and waited >= self.config.patience
        return len(self.epochs) == self.config.epochs or out_of_patience

    def step(self, batch: list[int]) -> None:
        """Move the weights once, against the gradient of the batch's mean loss."""
        rows = [self.examples["train"][index] for index in batch]
        weight, loss = sum(row.weight for row in rows), torch.zeros((), device=self.accelerator.device)
        pieces = [rows[start :: self.config.accumulation] for start in range(self.config.accumulation)]
        pieces = [piece for piece in pieces if piece]
        for piece in pieces:
            whole = piece is pieces[-1]  # only then the processes exchange their gradients
            with contextlib.nullcontext() if whole else self.accelerator.no_sync(self.network):
                piece_loss = self._loss(piece)
                # accelerate averages over processes; we want the mean over all the batch's answer tokens (or pairs).
                self.accelerator.backward(piece_loss * self.accelerator.num_processes / weight)
            loss += piece_loss.detach()
        number, mean = len(self.steps) + 1, float(self.accelerator.reduce(loss)) / weight
        if not math.isfinite(mean):
            raise CourseError(
                f"The loss is not a number any more at step {number} of {self.total}. Lower learning_rate (it is "
                f"{self.config.learning_rate:g}) or lengthen warmup ({self.config.warmup:g})."
            )
        self.accelerator.clip_grad_norm_(self.parameters, self.config.max_grad_norm)
        self.optimizer.step()
        self.schedule.step()
        self.optimizer.zero_grad()
        tokens = sum(len(sequence.ids) for row in rows for sequence in row.sequences)
        self.steps.append({"step": number, "epoch": len(self.epochs) + 1, "loss": mean, "tokens": tokens})

    def _loss(self, rows: list[Example]) -> torch.Tensor:
        """Summed loss of this process's share of the rows; 0, but with a graph, if it gets none."""
        own = rows[self.accelerator.process_index :: self.accelerator.num_processes]
        used = own or rows[:1]
        reference = torch.cat([self.reference[id(row)] for row in used]) if self.reference else torch.empty(0)
        loss = used[0].loss(self._nll(used), used, reference.to(self.accelerator.device))
        return loss if own else loss * 0

    def _nll(self, rows: Sequence[Example]) -> torch.Tensor:
        """The answers' negative log-probabilities in nats, one for each of the rows' sequences."""
        sequences = [sequence for row in rows for sequence in row.sequences]
        with self._autocast():
            inputs = self.frozen.read([sequence.ids for sequence in sequences])
            return self.network(inputs, _labels(sequences).to(self.accelerator.device))

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.accelerator.device.type, torch.bfloat16, enabled=self.precision == "bfloat16")

    def read_once(self, progress: bool) -> None:
        """Run all examples through the layers below those that are trained."""
        rows = [row for split_rows in self.examples.values() for row in split_rows]
        with self._autocast():
            self.frozen.read_once([sequence.ids for row in rows for sequence in row.sequences], progress)
        if rows[0].needs_reference:
            self._note_reference(sorted(rows, key=_length))

    @torch.no_grad()
    def _note_reference(self, rows: list[Example]) -> None:
        """Before the first step, while a new adapter still changes nothing, the model is its own reference."""
        self.network.eval()
        for start in range(0, len(rows), 8):
            some = rows[start : start + 8]
            parts = self._nll(some).split([len(row.sequences) for row in some])
            self.reference |= {id(row): part for row, part in zip(some, parts, strict=True)}
        self.network.train()

    @torch.no_grad()
    def dev_loss(self) -> float | None:
        """Mean loss over the dev set's answer tokens (or pairs), in nats; None without a dev set."""
        rows = sorted(self.examples["dev"], key=_length)
        if not rows:
            return None
        self.network.eval()
        loss = sum(self._loss(rows[start : start + 16]) for start in range(0, len(rows), 16))
        self.network.train()
        return float(self.accelerator.reduce(loss)) / sum(row.weight for row in rows)

    def end_epoch(self) -> None:
        """Note the epoch's losses, and its weights if they are the best so far."""
        losses = [row["loss"] for row in self.steps if row["epoch"] == len(self.epochs) + 1]
        self.epochs.append(
            {
                "epoch": len(self.epochs) + 1,
                "step": len(self.steps),
                "train_loss": sum(losses) / len(losses),
                "dev_loss": self.dev_loss(),
            }
        )
        if self.best_epoch == len(self.epochs):
            self.best = _trained(self.model)

    def save(self, path: Path) -> None:
        """Write the checkpoint: complete, or not at all."""
        names = ("steps", "epochs", "best", "seconds", "precision")
        state = {name: getattr(self, name) for name in names} | {"weights": _trained(self.model)}
        state |= {"optimizer": self.optimizer.state_dict(), "schedule": self.schedule.state_dict()}
        buffer = io.BytesIO()
        torch.save(state, buffer)
        write_atomically(path, buffer.getvalue())

    def load(self, path: Path) -> None:
        """Go on where the checkpoint was written; from the beginning if it cannot be read."""
        try:
            state = torch.load(path, map_location=self.accelerator.device, weights_only=True)
        except Exception as error:  # reading damaged bytes as a pickle can raise anything
            warnings.warn(f"The checkpoint {path} is damaged ({error!r}): training begins anew.", stacklevel=2)
            return
        _put(self.model, state.pop("weights"))
        self.optimizer.load_state_dict(state.pop("optimizer"))
        self.schedule.load_state_dict(state.pop("schedule"))
        for name, value in state.items():
            setattr(self, name, value)


def _train(training: _Training, folder: Path, title: str, progress: bool) -> None:
    """Train to the end, with a checkpoint after each epoch, and leave the record in ``folder``."""
    checkpoint, main = folder / "checkpoint.pt", training.accelerator.is_main_process
    training.read_once(progress and main)  # with the untrained adapter: see _note_reference
    if checkpoint.exists():
        training.load(checkpoint)
    plot = LivePlot(training.total, title, training.examples["train"][0].unit, enabled=progress and main)
    while not training.finished:
        began = time.perf_counter()
        for batch in training.plan[len(training.epochs)]:
            training.step(batch)
            plot.update(training.steps, training.epochs)
        training.end_epoch()
        training.seconds += time.perf_counter() - began
        if main:
            training.save(checkpoint)
    plot.close(training.steps, training.epochs)
    _put(training.model, training.best)
    if main:
        weights = safetensors.torch.save(training.best)
        write_atomically(folder / "weights.safetensors", weights)
        record = {name: getattr(training, name) for name in RECORDED}
        record["weights"] = hashlib.sha256(weights).hexdigest()
        write_atomically(folder / "record.json", json.dumps(record, indent=1) + "\n")
        checkpoint.unlink(missing_ok=True)


def _recall(folder: Path, model: nn.Module) -> dict[str, Any] | None:
    """The record of a finished run, with its weights put into ``model``; None if there is none or it is damaged."""
    try:
        record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
        weights = (folder / "weights.safetensors").read_bytes()
        if hashlib.sha256(weights).hexdigest() != record["weights"]:
            raise ValueError("the digest of the weights differs")
    except FileNotFoundError:
        return None
    except (ValueError, KeyError) as error:
        warnings.warn(f"A result in {folder} is damaged ({error}), so it is computed again.", stacklevel=3)
        return None
    _put(model, safetensors.torch.load(weights))
    return {name: record[name] for name in RECORDED}


def _put(model: nn.Module, weights: Mapping[str, torch.Tensor]) -> None:
    """Copy the weights of ``_trained`` back into a model."""
    wanted = dict(model.named_parameters())
    with torch.no_grad():
        for name, tensor in weights.items():
            wanted[name].copy_(tensor)


def _out_of_memory(config: FinetuneConfig) -> str:
    return (
        f"The memory is not enough for steps of {config.batch_size} examples in {config.accumulation} part(s). "
        f"Set accumulation={min(config.batch_size, 2 * config.accumulation)} (the same result, more slowly), or fewer "
        "upper_layers, or shorten the longest examples."
    )
