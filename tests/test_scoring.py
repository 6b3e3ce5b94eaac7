"""Scores are those of a plain forward pass, whatever is shared on the way."""

from __future__ import annotations

import pytest
import torch

from course_lib.models import load_model
from course_lib.scoring import calibrate, score_choices
from tests.tiny import save_tiny_model

PREFIX = "A shop sorts tickets.\n\nTicket: my boots leak after 3 weeks\nTopic: return\n\n"
PROMPTS = [
    f"{PREFIX}Ticket: {text}\nTopic:" for text in ("wheres my parka", "12 or 14?", "how do I wash wool, please?")
]
CHOICES = [" return", " order status", " sizing and fit of shoes", " care"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return load_model(str(save_tiny_model(tmp_path_factory.mktemp("tiny"))))


def naive(lm, prompt, choice):
    """Log-probability of the choice by reading prompt + choice from the first token to the last."""
    start = len(lm.tokenizer(prompt, add_special_tokens=False)["input_ids"])
    ids = lm.tokenizer(prompt + choice, add_special_tokens=False, return_tensors="pt")["input_ids"].to(lm.device)
    with torch.inference_mode():
        logits = lm.model(ids).logits.float().log_softmax(dim=-1)[0]
    return sum(logits[place - 1, ids[0, place]].item() for place in range(start, ids.shape[1]))


def table(lm, prompts, choices):
    return torch.tensor([[naive(lm, prompt, choice) for choice in choices] for prompt in prompts])


@pytest.mark.parametrize("batch_size", [1, 2, 8])
def test_equals_the_naive_pass(tiny, batch_size):
    scores = score_choices(PROMPTS, CHOICES, lm=tiny, batch_size=batch_size)
    assert scores.shape == (3, 4)
    assert scores.dtype == torch.float32
    assert torch.allclose(scores, table(tiny, PROMPTS, CHOICES), atol=1e-3)


def test_one_prompt_without_anything_to_share(tiny):
    assert torch.allclose(score_choices(PROMPTS[:1], CHOICES, lm=tiny), table(tiny, PROMPTS[:1], CHOICES), atol=1e-3)


def test_prompts_that_share_nothing(tiny):
    prompts = ["Alpha, bravo:", "Zulu is the last one of them all:"]
    assert torch.allclose(score_choices(prompts, CHOICES, lm=tiny), table(tiny, prompts, CHOICES), atol=1e-3)


def test_seam_inside_a_shared_piece_of_text(tiny):
    """The shared characters end inside a token of one prompt; cut there, its tokens would be others."""
    prompts = ["Ticket\n\nwool:", "Ticket\n\n\nwool:"]
    assert torch.allclose(score_choices(prompts, CHOICES, lm=tiny), table(tiny, prompts, CHOICES), atol=1e-3)


def test_choices_of_one_token_each(tiny):
    choices = [f" {letter}" for letter in "abcd"]
    single = [c for c in choices if len(tiny.tokenizer(c, add_special_tokens=False)["input_ids"]) == 1]
    assert len(single) > 1
    assert torch.allclose(score_choices(PROMPTS, single, lm=tiny), table(tiny, PROMPTS, single), atol=1e-3)


@pytest.mark.model
def test_real_model_equals_the_naive_pass(lm):
    scores = score_choices(PROMPTS, CHOICES, lm=lm)
    assert torch.allclose(scores, table(lm, PROMPTS, CHOICES), atol=1e-3)


@pytest.mark.model
def test_a_choice_that_melts_into_the_prompt(lm):
    with pytest.raises(ValueError, match=r"'dress' melts into the end of the prompt.*begin every choice with one"):
        score_choices(["Item: "], ["dress"], lm=lm)


def test_bad_input(tiny):
    with pytest.raises(TypeError, match="list of choices"):
        score_choices(PROMPTS, " a", lm=tiny)
    with pytest.raises(TypeError, match="list of prompts"):
        score_choices("prompt", CHOICES, lm=tiny)
    for choices in ([], [" a", ""], [" a", " a"]):
        with pytest.raises(ValueError, match="different strings"):
            score_choices(PROMPTS, choices, lm=tiny)
    with pytest.raises(ValueError, match="context of 256"):
        score_choices(["word " * 400], CHOICES, lm=tiny)
    assert score_choices([], CHOICES, lm=tiny).shape == (0, 4)


def test_calibration_takes_the_preference_out():
    """A model that always favours the first choice threefold, on top of what the prompt says."""
    evidence = torch.tensor([[0.6, 0.4], [0.3, 0.7]]).log()
    preference = torch.tensor([0.75, 0.25]).log()
    calibrated = calibrate(evidence + preference, torch.stack([preference, preference + 5]))
    assert torch.allclose(calibrated.exp(), evidence.exp(), atol=1e-6)


def test_calibration_averages_probabilities_not_logs():
    content_free = torch.tensor([[0.9, 0.1], [0.5, 0.5]]).log()
    calibrated = calibrate(torch.zeros(1, 2), content_free)
    assert torch.allclose(calibrated.exp(), torch.tensor([[0.3, 0.7]]), atol=1e-6)


def test_calibration_of_other_choices():
    with pytest.raises(ValueError, match=r"\(1, 2\) and \(1, 3\)"):
        calibrate(torch.zeros(1, 2), torch.zeros(1, 3))
