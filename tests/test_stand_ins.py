"""The random two-layer Llama of the graded cells."""

from __future__ import annotations

import torch

from course_lib.stand_ins import tiny_llama


def test_same_seed_same_weights_and_the_random_state_is_left_alone():
    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    first, again, other = tiny_llama(seed=1), tiny_llama(seed=1), tiny_llama(seed=2)
    assert torch.equal(torch.random.get_rng_state(), before)
    weights = [model.state_dict()["model.layers.0.mlp.up_proj.weight"] for model in (first, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_it_answers_and_its_answers_depend_on_the_prompt():
    model = tiny_llama(vocab_size=40)
    answers = {
        tuple(model.generate(torch.tensor([[start, 5]]), max_new_tokens=4, do_sample=False)[0, 2:].tolist())
        for start in range(3, 9)
    }
    assert len(answers) > 1
    assert not model.training
