"""Preference tuning: the paper's loss, the frozen reference, and what goes wrong said in a sentence."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from course_lib.dpo import Preference, dpo
from course_lib.errors import CourseError
from course_lib.finetune import FinetuneConfig, finetune
from course_lib.models import load_model, model_digest
from tests.tiny import save_tiny_model

PAIRS = [
    {"prompt": f"Customer: {text}\nShop:", "chosen": f" {good}", "rejected": f" {bad}"}
    for text, good, bad in (
        ("The coat has not come", "We send it again.", "Bad luck, I would say."),
        ("May I return the dress?", "Yes, within 30 days.", "No."),
        ("Which size?", "Take the larger one.", "How should I know which one fits you?"),
        ("Can wool be washed?", "By hand, cold.", "Boil it."),
        ("Stop my order", "It is cancelled.", "Never"),
    )
]
CONFIG = FinetuneConfig(epochs=6, batch_size=2, learning_rate=3e-3, upper_layers=1, precision="float32")


@pytest.fixture
def lm(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return load_model(str(save_tiny_model(tmp_path / "tiny")))


def answer_log_prob(lm, prompt, answer):
    """log p of answer and end token after the prompt, by transformers' own loss."""
    start = len(lm.tokenizer(prompt)["input_ids"])
    ids = torch.tensor([[*lm.tokenizer(prompt + answer)["input_ids"], lm.tokenizer.eos_token_id]])
    labels = ids.clone()
    labels[0, :start] = -100
    with torch.no_grad():
        return -float(lm.model(input_ids=ids, labels=labels).loss) * (ids.shape[1] - start)


def margin(lm, reference, row):
    """How much more the model than the reference prefers the chosen answer, in nats."""
    parts = [answer_log_prob(m, row["prompt"], row[side]) for m in (lm, reference) for side in ("chosen", "rejected")]
    return (parts[0] - parts[1]) - (parts[2] - parts[3])


@pytest.mark.parametrize("upper_layers", [1, None])
def test_prefers_what_was_chosen_and_leaves_the_reference(lm, upper_layers):
    before = model_digest(lm.model)
    tuned = dpo(lm, PAIRS, replace(CONFIG, upper_layers=upper_layers))
    assert model_digest(lm.model) == before
    assert tuned.steps[0]["loss"] == pytest.approx(math.log(2), abs=1e-5)  # the model is still its own reference
    assert tuned.epochs[-1]["train_loss"] < 0.5 * math.log(2)
    assert all(margin(tuned.lm, lm, row) > 0 for row in PAIRS)
    assert tuned.lm.name.endswith("+ DPO")


def test_loss_is_the_papers(lm):
    """After the first step, against log-probabilities computed by transformers on whole, unpadded rows."""
    config = replace(CONFIG, batch_size=len(PAIRS), epochs=2, warmup=0.0)
    loss = dpo(lm, PAIRS, config, beta=0.3).steps[1]["loss"]
    once = replace(CONFIG, batch_size=len(PAIRS), epochs=1, warmup=0.0)  # the same first step
    margins = [margin(dpo(lm, PAIRS, once, beta=0.3).lm, lm, row) for row in PAIRS]
    assert loss == pytest.approx(sum(math.log1p(math.exp(-0.3 * m)) for m in margins) / len(PAIRS), rel=1e-3)


def test_loss_agrees_with_trl():
    """Numbers from DPOTrainer.dpo_loss of TRL 0.11.4 (https://github.com/huggingface/trl), loss_type sigmoid."""
    policy = {"chosen": [-12.5, -30.0, -8.25, -20.0], "rejected": [-14.0, -25.0, -8.25, -22.5]}
    reference = {"chosen": [-13.0, -28.0, -9.0, -20.0], "rejected": [-13.5, -27.0, -7.5, -22.5]}
    for beta, mean in ((0.1, 0.7178790352057502), (0.3, 0.8010084595909897), (1.0, 1.3064930184946824)):
        nll, before = (
            -torch.tensor(
                [values for pair in zip(*parts.values(), strict=True) for values in pair], dtype=torch.float64
            )
            for parts in (policy, reference)
        )
        assert float(Preference.loss(nll, [Preference(None, None, beta)], before)) / 4 == pytest.approx(mean, abs=1e-12)


def test_smaller_beta_goes_further(lm):
    far, near = (margin(dpo(lm, PAIRS, CONFIG, beta=beta).lm, lm, PAIRS[0]) for beta in (0.05, 5.0))
    assert far > near > 0


def test_result_comes_from_disk_and_depends_on_beta(lm):
    first = dpo(lm, PAIRS, CONFIG, dev=PAIRS[:2])
    again = dpo(lm, PAIRS, CONFIG, dev=PAIRS[:2])
    assert again.reused and again.steps == first.steps and again.epochs == first.epochs
    assert first.epochs[-1]["dev_loss"] < math.log(2)
    assert not dpo(lm, PAIRS, CONFIG, beta=0.2, dev=PAIRS[:2]).reused


def test_goes_on_after_a_crash_to_the_same_end(lm, monkeypatch):
    """The reference is that of the beginning, not that of the checkpoint."""
    whole = dpo(lm, PAIRS, CONFIG)
    from course_lib import finetune as trainer

    end = trainer._Training.end_epoch

    def stop(training):
        if len(training.epochs) == 2:
            raise KeyboardInterrupt
        end(training)

    monkeypatch.setattr(trainer, "FORMAT", "another key")
    monkeypatch.setattr(trainer._Training, "end_epoch", stop)
    with pytest.raises(KeyboardInterrupt):
        dpo(lm, PAIRS, CONFIG)
    monkeypatch.setattr(trainer._Training, "end_epoch", end)
    resumed = dpo(lm, PAIRS, CONFIG)
    assert [row["loss"] for row in resumed.steps] == [row["loss"] for row in whole.steps]


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([], "The train set is empty"),
        ([{"prompt": "a", "chosen": " b"}], "Pair 0 of the train set has no text under 'rejected'"),
        ([{"chosen": " b", "rejected": " c"}], "has no prompt"),
        ([PAIRS[0], PAIRS[1] | {"rejected": PAIRS[1]["chosen"]}], "Pair 1 of the train set has the same answer twice"),
        ([PAIRS[0] | {"chosen": "ld"}], "melts into the end of the prompt"),
    ],
)
def test_bad_pairs_are_refused(lm, pairs, words):
    if "melts" in words:
        pairs = [pairs[0] | {"prompt": "Customer: co"}]
    with pytest.raises(CourseError, match=words):
        dpo(lm, pairs, CONFIG)


def test_bad_beta_and_an_adapter_are_refused(lm):
    with pytest.raises(ValueError, match="beta must be above 0"):
        dpo(lm, PAIRS, CONFIG, beta=0)
    rows = [{"prompt": row["prompt"], "completion": row["chosen"]} for row in PAIRS]
    with pytest.raises(CourseError, match="carries an adapter already"):
        dpo(finetune(lm, rows, replace(CONFIG, epochs=1)).lm, PAIRS, CONFIG)
