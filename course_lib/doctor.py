"""Look the installation over before a student loses an evening to it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from course_lib import models
from course_lib.errors import CourseError
from course_lib.lessons import ROOT

MINIMUM_PYTHON = (3, 11)
MINIMUM_MEMORY_GB = 4.0  # the model in float32, a kernel, JupyterLab and a browser
MINIMUM_DISK_GB = 1.0
LAB_EXTENSIONS = ("@jupyter/nbgrader", "@jupyter-widgets/jupyterlab-manager", "jupyterlab-jupytext")
SERVER_EXTENSIONS = ("jupyterlab", "nbgrader.server_extensions.formgrader", "jupyterlab_jupytext")


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's table; ``remedy`` is empty when all is well."""

    subject: str
    state: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Everything the doctor looks at, in order."""
    yield _python()
    yield _packages()
    yield _disk()
    yield _memory()
    yield _processor()
    yield _model()
    yield _lab_extensions()
    yield _server_extensions()


def _python() -> Finding:
    found = platform.python_version()
    good = sys.version_info[:2] >= MINIMUM_PYTHON
    return Finding("Python", found, "" if good else "Install Python 3.11 or newer, delete .venv, and install again.")


def pins() -> dict[str, str]:
    """The pinned versions in requirements.txt, by package name."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", text, flags=re.MULTILINE))


def _packages() -> Finding:
    wrong = []
    for name, version in pins().items():
        try:
            found = metadata.version(name).split("+")[0]  # torch adds its build, as in 2.13.0+cpu
        except metadata.PackageNotFoundError:
            found = "missing"
        if found != version:
            wrong.append(f"{name} {found}, tested with {version}")
    if wrong:
        return Finding(
            "Packages", "; ".join(wrong), "Run `pip install -r requirements.txt` in the course's environment."
        )
    return Finding("Packages", f"all {len(pins())} as pinned")


def _disk() -> Finding:
    folder = models.cache_dir()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free / 1e9
    enough = free >= MINIMUM_DISK_GB or models.is_fetched(models.DEFAULT_MODEL)
    remedy = f"Free {MINIMUM_DISK_GB:.0f} GB, or set COURSE_CACHE to a folder on another disk."
    return Finding("Free disk", f"{free:.1f} GB at {folder}", "" if enough else remedy)


def _memory() -> Finding:
    import psutil

    memory = psutil.virtual_memory()
    state = f"{memory.available / 1e9:.1f} GB free of {memory.total / 1e9:.1f}"
    remedy = f"Close other programs: the course wants {MINIMUM_MEMORY_GB:.0f} GB free."
    return Finding("Memory", state, "" if memory.available / 1e9 >= MINIMUM_MEMORY_GB else remedy)


def has_bfloat16() -> bool | None:
    """Whether this processor multiplies bfloat16 in hardware; None where it cannot be told.

    It need not be faster for that: PyTorch's kernels differ between processors, so measure before you switch.
    """
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return None
    return any(flag in flags for flag in ("avx512_bf16", "amx_bf16", " bf16"))


def processor_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> Finding:
    import torch

    words = {True: "in hardware", False: "not in hardware, stay with float32", None: "unknown"}
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "none (none is needed)"
    return Finding("Processor", f"{processor_cores()} cores; bfloat16: {words[has_bfloat16()]}; GPU: {gpu}")


def _model() -> Finding:
    try:
        spec = models.find_model()
        name = spec.name if isinstance(spec, models.ModelSpec) else str(spec)
        if not models.is_fetched():
            return Finding("Model", f"{name}: not fetched yet", "Run `course model fetch` (`course lab` does it too).")
        if damage := models.damage():
            return Finding("Model", f"{name}: {damage}", "Run `course model fetch --force`.")
    except CourseError as error:
        return Finding("Model", "COURSE_MODEL is wrong", str(error))
    return Finding("Model", f"{name}: present and intact")


def _lab_extensions() -> Finding:
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_federated_extensions, get_page_config

    folders = jupyter_path("labextensions")
    disabled = get_page_config(folders).get("disabledExtensions", [])
    missing = [name for name in LAB_EXTENSIONS if name not in get_federated_extensions(folders) or name in disabled]
    remedy = "Run `pip install -r requirements.txt`, then `jupyter labextension list` to see which are disabled."
    if missing:
        return Finding("JupyterLab extensions", "missing or disabled: " + ", ".join(missing), remedy)
    return Finding("JupyterLab extensions", "nbgrader, widgets and jupytext found")


def _server_extensions() -> Finding:
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    enabled: dict[str, bool] = {}
    for folder in reversed(jupyter_config_path()):  # the first folder of the path has the last word
        enabled |= ExtensionConfigManager(read_config_path=[folder]).get_jpserver_extensions()
    off = [name for name in SERVER_EXTENSIONS if not enabled.get(name)]
    if off:
        remedy = f"Run `jupyter server extension enable --sys-prefix {off[0]}`."
        return Finding("Server extensions", "not enabled: " + ", ".join(off), remedy)
    return Finding("Server extensions", "JupyterLab, formgrader and jupytext enabled")
