"""The trainer: what it changes and what not, that it survives a crash, and that its results are kept and checked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from course_lib import finetune as trainer
from course_lib.adapters import ModelCard, load_adapter, merge, save_adapter
from course_lib.errors import CourseError
from course_lib.finetune import FinetuneConfig, finetune
from course_lib.frozen_layers import FrozenLayers, split
from course_lib.lessons import ROOT
from course_lib.models import load_model, model_digest
from tests.tiny import save_tiny_model

ROWS = [
    {"prompt": f"Message: {text}\nTopic:", "completion": f" {topic}"}
    for text, topic in (
        ("The coat has not come", "order"),
        ("My boots are late", "order"),
        ("Send the dress back?", "return"),
        ("I want to return these jeans, the ones with the tear", "return"),
        ("Which size", "sizing"),
        ("Is a 12 too large for somebody of my height and weight?", "sizing"),
        ("Can wool go in the machine", "care"),
        ("How do I wash silk, and may it be ironed when it is dry?", "care"),
        ("Stop my order, please", "cancel"),
        ("I changed my mind about the scarf", "cancel"),
    )
]
CONFIG = FinetuneConfig(epochs=3, batch_size=4, learning_rate=1e-2, upper_layers=1, precision="float32")
CARD = ModelCard(
    title="Topics", data="ten rows", metrics={"exact": "50%"}, licence="Apache-2.0", intended_use="tests", medical=True
)


@pytest.fixture
def lm(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    return load_model(str(save_tiny_model(tmp_path / "tiny")))


def same(one, other) -> bool:
    """Whether two sets of weights are equal bit for bit."""
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def weights(tuned) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in tuned.lm.model.named_parameters() if p.requires_grad}


@pytest.mark.parametrize("method", ["lora", "full"])
@pytest.mark.parametrize("upper_layers", [1, None])
def test_loss_falls_and_the_given_model_stays(lm, method, upper_layers):
    before = model_digest(lm.model)
    tuned = finetune(lm, ROWS, replace(CONFIG, method=method, upper_layers=upper_layers, epochs=8), dev=ROWS[:5])
    assert tuned.epochs[-1]["train_loss"] < 0.5 * tuned.epochs[0]["train_loss"]
    assert tuned.epochs[-1]["dev_loss"] < 0.5 * tuned.epochs[0]["dev_loss"]
    assert model_digest(lm.model) == before
    assert model_digest(merge(tuned.lm).model) != before


@pytest.mark.parametrize("method", ["lora", "full"])
def test_only_the_upper_layers_change(lm, method):
    """The weights below the cut and the embeddings are those of the base, bit for bit."""
    tuned = merge(finetune(lm, ROWS, replace(CONFIG, method=method)).lm).model.state_dict()
    for name, tensor in lm.model.state_dict().items():
        if ".layers.1." not in name:
            assert torch.equal(tuned[name], tensor), name
    assert any(not torch.equal(tuned[name], tensor) for name, tensor in lm.model.state_dict().items())


@pytest.mark.parametrize("config", [CONFIG, replace(CONFIG, upper_layers=None), replace(CONFIG, accumulation=3)])
def test_first_loss_is_that_of_transformers(lm, config):
    """One step over all rows at once, against the loss that transformers computes on whole, padded rows."""
    tuned = finetune(lm, ROWS, replace(config, epochs=1, batch_size=len(ROWS)))
    total = tokens = 0
    for row in ROWS:
        prompt, whole = (lm.tokenizer(t)["input_ids"] for t in (row["prompt"], row["prompt"] + row["completion"]))
        ids = torch.tensor([[*whole, lm.tokenizer.eos_token_id]])
        labels = ids.clone()
        labels[0, : len(prompt)] = -100
        answer = ids.shape[1] - len(prompt)
        with torch.no_grad():
            total += float(lm.model(input_ids=ids, labels=labels).loss) * answer
        tokens += answer
    assert tuned.steps[0]["loss"] == pytest.approx(total / tokens, rel=1e-4)


def test_kept_outputs_of_frozen_layers_change_nothing(lm, monkeypatch):
    kept = finetune(lm, ROWS, CONFIG)
    monkeypatch.setattr(trainer, "split", lambda *_: None)
    monkeypatch.setattr(trainer, "FORMAT", "another key")
    plain = finetune(lm, ROWS, CONFIG)
    assert not plain.reused
    assert [row["loss"] for row in kept.steps] == pytest.approx([row["loss"] for row in plain.steps], rel=1e-4)


def test_accumulation_gives_the_same_steps(lm):
    whole = finetune(lm, ROWS, CONFIG)
    parts = finetune(lm, ROWS, replace(CONFIG, accumulation=2))
    assert [row["loss"] for row in whole.steps] == pytest.approx([row["loss"] for row in parts.steps], rel=1e-4)


def test_split_gives_the_whole_models_logits(lm):
    lower, upper = split(lm.model, 1)
    ids = lm.tokenizer("a scarf and a coat", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        hidden = lower(input_ids=ids, use_cache=False).last_hidden_state
        logits = upper(inputs_embeds=hidden, use_cache=False).logits
        torch.testing.assert_close(logits, lm.model(input_ids=ids).logits, atol=1e-5, rtol=1e-5)
    assert split(lm.model, 2) is None  # nothing is frozen below
    assert split(torch.nn.Linear(2, 2), 1) is None


def test_frozen_layers_are_read_once(lm):
    lower, _ = split(lm.model, 1)
    calls = []
    lower.register_forward_hook(lambda *_: calls.append(1))
    frozen = FrozenLayers(lower, 0, torch.device("cpu"))
    frozen.read_once([[5, 6, 7], [8, 9]], progress=False)
    inputs = frozen.read([[8, 9], [5, 6, 7]])
    assert len(calls) == 1
    assert inputs["inputs_embeds"].shape == (2, 3, 64)
    assert inputs["attention_mask"].tolist() == [[0, 1, 1], [1, 1, 1]]
    frozen.read([[1, 2]])  # not read before: computed, as when memory was short
    assert len(calls) == 2


def test_batches_hold_every_example_once_and_like_lengths(lm):
    rows = [{"prompt": "word " * (1 + n % 40) + "end:", "completion": " yes"} for n in range(200)]
    examples = trainer.encode(rows, lm, "train")
    plan = trainer._batches(examples, FinetuneConfig(batch_size=8), epoch=0)
    assert sorted(index for batch in plan for index in batch) == list(range(200))
    assert plan != trainer._batches(examples, FinetuneConfig(batch_size=8), epoch=1)

    def padding(batches):
        lengths = [[len(examples[index].ids) for index in batch] for batch in batches]
        return sum(max(batch) * len(batch) - sum(batch) for batch in lengths)

    assert padding(plan) < 0.5 * padding([list(range(start, start + 8)) for start in range(0, 200, 8)])


def test_early_stopping_keeps_the_best_epoch(lm):
    """Dev rows that contradict train: their loss rises as soon as the model learns."""
    dev = [row | {"completion": " sizing" if "order" in row["completion"] else " order"} for row in ROWS]
    long = finetune(lm, ROWS, replace(CONFIG, epochs=12, learning_rate=2e-2), dev=dev)
    losses = [row["dev_loss"] for row in long.epochs]
    assert long.best_epoch == 1 + losses.index(min(losses)) < 12
    short = finetune(lm, ROWS, replace(CONFIG, epochs=12, learning_rate=2e-2, patience=2), dev=dev)
    assert len(short.epochs) == short.best_epoch + 2
    assert same(weights(short), weights(long))  # both put the best epoch's weights back


def test_second_run_comes_from_disk(lm):
    first = finetune(lm, ROWS, CONFIG, dev=ROWS[:3])
    again = finetune(lm, ROWS, CONFIG, dev=ROWS[:3])
    assert (first.reused, again.reused) == (False, True)
    assert same(weights(first), weights(again))
    assert (again.steps, again.epochs, again.seconds) == (first.steps, first.epochs, first.seconds)
    for other in (
        lambda: finetune(lm, ROWS[1:], CONFIG, dev=ROWS[:3]),
        lambda: finetune(lm, ROWS, CONFIG, dev=ROWS[:4]),
        lambda: finetune(lm, ROWS, replace(CONFIG, seed=1), dev=ROWS[:3]),
        lambda: finetune(merge(first.lm), ROWS, CONFIG, dev=ROWS[:3]),
    ):
        assert not other().reused


@pytest.mark.parametrize("file", ["weights.safetensors", "record.json"])
def test_damaged_result_is_noticed_and_made_anew(lm, file):
    first = finetune(lm, ROWS, CONFIG)
    path = first.folder / file
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.warns(UserWarning, match="damaged"):
        again = finetune(lm, ROWS, CONFIG)
    assert not again.reused
    assert same(weights(first), weights(again))
    assert finetune(lm, ROWS, CONFIG).reused


CHILD = """
import json, os, sys
from course_lib import finetune as trainer
from course_lib.models import load_model
folder, crash = sys.argv[1], int(sys.argv[2])
from tests.test_finetune import ROWS, CONFIG
from dataclasses import replace
step = trainer._Training.step
def slow(self, batch):
    if crash and len(self.steps) == crash:
        os.kill(os.getpid(), 9)
    step(self, batch)
trainer._Training.step = slow
tuned = trainer.finetune(load_model(folder), ROWS, replace(CONFIG, epochs=4), dev=ROWS[:3])
print(json.dumps([tuned.steps, tuned.epochs, tuned.folder.name, tuned.reused]))
"""


def child(tmp_path, cache, crash):
    environment = os.environ | {"COURSE_CACHE": str(tmp_path / cache), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path / "tiny"), str(crash)],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("crash", [2, 7])
def test_killed_in_mid_epoch_it_goes_on_and_ends_alike(tmp_path, crash):
    """Three steps an epoch: the crash is in the first epoch (nothing to go on from), or in the third."""
    save_tiny_model(tmp_path / "tiny")
    unbroken = child(tmp_path, "unbroken", 0)
    assert unbroken.returncode == 0, unbroken.stderr
    killed = child(tmp_path, "broken", crash)
    assert killed.returncode == -signal.SIGKILL
    resumed = child(tmp_path, "broken", 0)
    assert resumed.stdout == unbroken.stdout
    *_, name, _ = json.loads(unbroken.stdout)
    first, second = (tmp_path / cache / "finetuned" / name / "weights.safetensors" for cache in ("unbroken", "broken"))
    assert first.read_bytes() == second.read_bytes()
    assert not (second.parent / "checkpoint.pt").exists()


def test_checkpoint_is_used(lm, monkeypatch):
    """After a crash in the third epoch, the steps of the first two are not taken again."""
    step, taken = trainer._Training.step, []

    def crashing(self, batch):
        taken.append(len(self.steps))
        if len(taken) == 8:
            raise KeyboardInterrupt
        step(self, batch)

    monkeypatch.setattr(trainer._Training, "step", crashing)
    with pytest.raises(KeyboardInterrupt):
        finetune(lm, ROWS, CONFIG)
    finetune(lm, ROWS, CONFIG)
    assert taken == [0, 1, 2, 3, 4, 5, 6, 7, 6, 7, 8]


def test_damaged_checkpoint_is_noticed(lm, monkeypatch):
    whole = finetune(lm, ROWS, CONFIG)
    for file in whole.folder.iterdir():
        file.unlink()
    (whole.folder / "checkpoint.pt").write_bytes(b"half a checkpoint")
    with pytest.warns(UserWarning, match="begins anew"):
        again = finetune(lm, ROWS, CONFIG)
    assert same(weights(whole), weights(again))


LAUNCHED = """
import json, sys
from course_lib.finetune import finetune
from course_lib.models import load_model
from dataclasses import replace
from tests.test_finetune import ROWS, CONFIG
from accelerate import Accelerator
a = Accelerator(cpu=True)
tuned = finetune(load_model(sys.argv[1]), ROWS, replace(CONFIG, accumulation=int(sys.argv[2])), dev=ROWS[:5])
assert a.num_processes == 2
if a.is_main_process:
    print(json.dumps([tuned.steps, tuned.epochs]))
"""


@pytest.mark.parametrize("accumulation", [1, 2])
def test_two_processes_give_the_loss_curve_of_one(lm, tmp_path, accumulation):
    """10 rows in batches of 4: the last batch of an epoch has 2 rows, and with two parts a process gets none."""
    alone = finetune(lm, ROWS, replace(CONFIG, accumulation=accumulation), dev=ROWS[:5])
    script = tmp_path / "launched.py"
    script.write_text(LAUNCHED)
    done = subprocess.run(
        [
            # For accelerate, several processes on one machine are --multi_gpu; ACCELERATE_USE_CPU makes them gloo's.
            sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--num_machines", "1",
            "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0",
            str(script), str(tmp_path / "tiny"), str(accumulation),
        ],
        env=os.environ
        | {"COURSE_CACHE": str(tmp_path / "two"), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        | {"ACCELERATE_USE_CPU": "true"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    steps, epochs = json.loads(done.stdout.strip().splitlines()[-1])
    assert [row["loss"] for row in steps] == pytest.approx([row["loss"] for row in alone.steps], rel=1e-4)
    assert [row["dev_loss"] for row in epochs] == pytest.approx([row["dev_loss"] for row in alone.epochs], rel=1e-4)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "empty"),
        ([{"prompt": "a"}], "no completion"),
        ([{"prompt": "", "completion": " b"}], "no prompt"),
        ([{"prompt": "a:", "completion": " b" * 400}], "context of 256"),
        ([{"prompt": "Can I ret", "completion": "urn it"}], "melts"),
    ],
)
def test_bad_examples_get_one_clear_sentence(lm, rows, words):
    with pytest.raises(CourseError, match=words):
        finetune(lm, rows)
    with pytest.raises(CourseError, match=words):
        finetune(lm, ROWS, dev=rows)


def test_a_loss_that_is_no_number_stops_it(lm):
    with torch.no_grad():
        lm.model.model.layers[1].mlp.up_proj.weight.fill_(float("inf"))
    with pytest.raises(CourseError, match="Lower learning_rate"):
        finetune(lm, ROWS, CONFIG)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA"),
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: 8 bytes"),
    ],
)
def test_out_of_memory_says_what_to_do(lm, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(trainer._Training, "step", fail)
    with pytest.raises(CourseError, match="accumulation=2"):
        finetune(lm, ROWS, CONFIG)


def test_other_errors_are_not_dressed_up(lm, monkeypatch):
    def fail(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(trainer._Training, "step", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        finetune(lm, ROWS, CONFIG)


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"learning_rate": -1.0},
        {"method": "prompt"},
        {"precision": "half"},
        {"patience": 0},
        {"warmup": 1},
    ],
)
def test_config_is_checked(wrong):
    with pytest.raises(ValueError, match=r"above 0|method|upper_layers"):
        FinetuneConfig(**wrong)


def test_precision_is_measured_not_assumed(monkeypatch):
    trainer.pick_precision.cache_clear()
    clock = {"now": 0.0}
    monkeypatch.setattr(trainer.time, "perf_counter", lambda: clock["now"])
    linear = torch.nn.Linear.forward

    costs = {}

    def timed(self, x):
        clock["now"] += costs[torch.is_autocast_enabled("cpu")]
        return linear(self, x)

    monkeypatch.setattr(torch.nn.Linear, "forward", timed)
    for bfloat16, expected in ((2.0, "float32"), (0.95, "float32"), (0.4, "bfloat16")):
        costs.update({True: bfloat16, False: 1.0})
        trainer.pick_precision.cache_clear()
        assert trainer.pick_precision("auto", torch.device("cpu")) == expected
    trainer.pick_precision.cache_clear()
    assert trainer.pick_precision("bfloat16", torch.device("cpu")) == "bfloat16"


def test_bfloat16_autocast_learns_too(lm):
    tuned = finetune(lm, ROWS, replace(CONFIG, precision="bfloat16", epochs=8))
    assert tuned.precision == "bfloat16"
    assert tuned.epochs[-1]["train_loss"] < 0.5 * tuned.epochs[0]["train_loss"]


def test_adapter_goes_to_a_folder_and_comes_back(lm, tmp_path):
    tuned = finetune(lm, ROWS, CONFIG)
    folder = save_adapter(tuned, tmp_path / "adapter", CARD)
    back = load_adapter(folder, lm)
    ids = lm.tokenizer("Message: my coat\nTopic:", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        expected = tuned.lm.model(input_ids=ids).logits
        torch.testing.assert_close(back.model(input_ids=ids).logits, expected)
        torch.testing.assert_close(merge(back).model(input_ids=ids).logits, expected, atol=1e-4, rtol=1e-4)
        assert not torch.allclose(lm.model(input_ids=ids).logits, expected)
    text = (folder / "README.md").read_text()
    for part in ("Not for patients", "license: apache-2.0", "ten rows", "| exact | 50% |", "| learning_rate | 0.01 |"):
        assert part in text
    assert str(tmp_path) not in (folder / "adapter_config.json").read_text()
    save_adapter(tuned, folder, CARD)  # again, in place of the old one
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter", "cache", "tiny"]


def test_adapters_that_do_not_fit_are_refused(lm, tmp_path):
    tuned = finetune(lm, ROWS, CONFIG)
    folder = save_adapter(tuned, tmp_path / "adapter", CARD)
    with pytest.raises(CourseError, match="not those of"):
        load_adapter(folder, merge(tuned.lm))
    with pytest.raises(CourseError, match="already"):
        finetune(tuned.lm, ROWS, CONFIG)
    with pytest.raises(CourseError, match="no adapter"):
        save_adapter(finetune(lm, ROWS, replace(CONFIG, method="full")), tmp_path / "full", CARD)
    with pytest.raises(CourseError, match="save one there"):
        load_adapter(tmp_path / "nothing", lm)
    (tmp_path / "mine").mkdir()
    with pytest.raises(CourseError, match="Choose another"):
        save_adapter(tuned, tmp_path / "mine", CARD)
    (folder / "adapter_model.safetensors").write_bytes(b"broken")
    with pytest.raises(CourseError, match="damaged"):
        load_adapter(folder, lm)
    with pytest.raises(ValueError, match="licence"):
        replace(CARD, licence="")


def test_targets_that_the_model_lacks_are_named(lm):
    with pytest.raises(CourseError, match="Set targets"):
        finetune(lm, ROWS, replace(CONFIG, targets=("no_such_layer",)))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_it_learns_too(lm):
    tuned = finetune(lm, ROWS, replace(CONFIG, epochs=8, precision="auto"))
    assert tuned.lm.device.type == "cuda"
    assert tuned.epochs[-1]["train_loss"] < 0.5 * tuned.epochs[0]["train_loss"]


def test_plot_and_bar_show_while_it_trains(lm, monkeypatch, capsys):
    """In a terminal a bar with loss, tokens per second and time left; in a notebook a figure with alt text."""
    from course_lib import live_plot

    monkeypatch.setattr(live_plot, "SECONDS_BETWEEN_DRAWINGS", 0)
    finetune(lm, ROWS, CONFIG, dev=ROWS[:3])
    bar = capsys.readouterr().err
    assert "loss" in bar and "tokens/s" in bar and "step/s" in bar
    shown = []

    class Handle:
        def update(self, image):
            shown.append(image)

    monkeypatch.setattr(live_plot, "_in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda image, display_id: shown.append(image) or Handle())
    finetune(lm, ROWS, replace(CONFIG, seed=5), dev=ROWS[:3])
    assert len(shown) == 3 * 3 + 1  # every step, and the end
    assert "After epoch 3: train" in shown[-1].alt and ", dev " in shown[-1].alt
    finetune(lm, ROWS, replace(CONFIG, seed=6), progress=False)
    assert len(shown) == 10
