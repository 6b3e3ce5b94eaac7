"""Measure our trainer against the stock recipe: the same rows, steps, batch size and seed, side by side in one run.

The stock recipe is transformers' Trainer with peft: float32, LoRA on all layers, logits at every position, rows padded
to one length. Each training runs in a process of its own, for its peak memory; the systems take turns at every size.
``--also`` adds variants of ours: more layers, or transformers' Trainer around our batches and our loss.

    python tests/benchmarks/finetune.py                      # 100, 200 and 400 rows, two epochs
    python tests/benchmarks/finetune.py --rows 100 --also "ours, all layers" "ours, in a Trainer"
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from typing import Any

from course_lib.experiments import balanced, clinic_rows, condition_hits
from course_lib.finetune import FinetuneConfig
from course_lib.scoreboard import paired_difference, proportion

SYSTEMS = ("stock", "ours", "ours, upper 16 layers", "ours, all layers", "ours, in a Trainer")


def stock(lm, rows, config):
    """The recipe of the libraries' own tutorials; returns the tuned model and the seconds of its steps."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import Trainer

    examples = encoded(lm, rows)
    longest = max(len(row.ids) for row in examples)
    pad = lm.tokenizer.pad_token_id

    class Rows(torch.utils.data.Dataset):
        def __len__(self):
            return len(examples)

        def __getitem__(self, place):
            row, space = examples[place], longest - len(examples[place].ids)
            prompt = len(row.ids) - row.answer
            return {
                "input_ids": row.ids + [pad] * space,
                "attention_mask": [1] * len(row.ids) + [0] * space,
                "labels": [-100] * prompt + row.ids[prompt:] + [-100] * space,
            }

    lora = LoraConfig(
        r=config.rank, lora_alpha=config.alpha, target_modules=list(config.targets), task_type="CAUSAL_LM"
    )
    torch.manual_seed(config.seed)
    model = get_peft_model(lm.model, lora)
    trainer = Trainer(model=model, args=arguments(config), train_dataset=Rows())
    return replace(lm, model=model), timed(trainer)


def ours_in_a_trainer(lm, rows, config):
    """Our frozen layers, batches and loss, with transformers' Trainer in place of our loop."""
    from transformers import Trainer

    from course_lib import finetune as ours

    model = ours._prepare(lm, config, lm.device)
    examples = encoded(lm, rows)
    lower, upper = ours.split(model.get_base_model(), config.upper_layers)
    frozen = ours.FrozenLayers(lower, lm.tokenizer.pad_token_id, lm.device)
    began = time.perf_counter()
    frozen.read_once([row.ids for row in examples], progress=False)
    reading = time.perf_counter() - began
    loss = ours._AnswerLosses(upper)
    batches = [batch for epoch in range(config.epochs) for batch in ours._batches(examples, config, epoch)]

    def collate(places):
        chosen = [examples[index] for index in batches[places[0]]]
        answers = sum(row.answer for row in chosen)
        return {"inputs": frozen.read([row.ids for row in chosen]), "labels": ours._labels(chosen), "answers": answers}

    class OurTrainer(Trainer):
        def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
            return model(inputs["inputs"], inputs["labels"]).sum() / inputs["answers"]

    settings = arguments(replace(config, batch_size=1, epochs=1))  # one of our batches is one of its examples
    trainer = OurTrainer(model=loss, args=settings, train_dataset=list(range(len(batches))), data_collator=collate)
    return replace(lm, model=model), timed(trainer) + reading


def arguments(config):
    from transformers import TrainingArguments

    return TrainingArguments(
        output_dir=tempfile.mkdtemp(),
        per_device_train_batch_size=config.batch_size,
        num_train_epochs=config.epochs,
        learning_rate=config.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=config.warmup,
        weight_decay=config.weight_decay,
        max_grad_norm=config.max_grad_norm,
        seed=config.seed,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
    )


def timed(trainer) -> float:
    began = time.perf_counter()
    trainer.train()
    return time.perf_counter() - began


def encoded(lm, rows):
    from course_lib.finetune import encode

    return encode(clinic_rows(rows), lm, "train")


def train_one(system: str, n: int, epochs: int) -> dict[str, Any]:
    """Train in this process; the caller reads the result from our standard output."""
    from course_lib.data import as_rows, load_prediagnosis
    from course_lib.finetune import finetune
    from course_lib.models import default_model

    data, lm = load_prediagnosis(), default_model()
    rows = balanced(as_rows(data["train"]), n, seed=0)
    layers = {"ours, upper 16 layers": 16, "ours, all layers": None}.get(system, FinetuneConfig.upper_layers)
    config = FinetuneConfig(epochs=epochs, upper_layers=layers)
    before = peak_memory()
    if system == "stock":
        tuned, seconds = stock(lm, rows, config)
    elif system == "ours, in a Trainer":
        tuned, seconds = ours_in_a_trainer(lm, rows, config)
    else:
        done = finetune(lm, clinic_rows(rows), config, progress=False)
        tuned, seconds = done.lm, done.seconds
    memory = peak_memory()
    steps = epochs * -(-n // config.batch_size)
    tokens = epochs * sum(len(row.ids) for row in encoded(lm, rows))
    hits = condition_hits(tuned, as_rows(data["dev"]))
    return {"seconds": seconds, "steps": steps, "tokens": tokens, "memory": memory, "before": before, "hits": hits}


def peak_memory() -> float:
    """The most memory this process has held so far, in GB."""
    unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kilobytes on Linux
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100, 200, 400])
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--also", nargs="*", choices=SYSTEMS[2:], default=[])
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(train_one(options.one[0], int(options.one[1]), options.epochs)))
        return
    print("| rows | system | s per step | × stock | tokens/s | peak memory, GB | dev accuracy | minus stock |")
    print("|---|---|---|---|---|---|---|---|")
    for n in options.rows:
        found: dict[str, dict[str, Any]] = {}
        for system in (*SYSTEMS[:2], *options.also):
            with tempfile.TemporaryDirectory() as results:  # no memo: every training is a real one
                found[system] = child(system, n, options.epochs, results)
            one, base = found[system], found["stock"]
            speed = base["seconds"] / base["steps"] / (one["seconds"] / one["steps"])
            difference = "" if system == "stock" else paired_difference(base["hits"], one["hits"])
            print(
                f"| {n} | {system} | {one['seconds'] / one['steps']:.2f} | {speed:.1f} | "
                f"{one['tokens'] / one['seconds']:,.0f} | {one['memory']:.2f} | {proportion(one['hits'])} | {difference} |",
                flush=True,
            )


def child(system: str, n: int, epochs: int, results: str) -> dict[str, Any]:
    from course_lib.models import model_path

    environment = os.environ | {"COURSE_MODEL": str(model_path()), "COURSE_CACHE": results, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "tests.benchmarks.finetune", "--epochs", str(epochs), "--one", system, str(n)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{system}, {n} rows: {done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
