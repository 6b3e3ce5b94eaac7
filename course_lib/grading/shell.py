"""IPython without a notebook server: runs a cell and keeps what it showed, as text and within limits."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

MOST_TEXT = 100_000
"""Characters of output that are kept of one cell."""
ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


class Shown:
    """What a cell showed, in order: dictionaries that JSON can hold."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, str]] = []
        self.left = MOST_TEXT

    def text(self, name: str, text: str) -> None:
        """Note text on stdout or stderr, or a displayed value; what goes beyond the limit is dropped, which is said."""
        if self.left <= 0:
            return
        if len(text) > self.left:
            text = text[: self.left] + "\n… (the rest of the output was cut off)"
        self.left -= len(text)
        last = self.outputs[-1] if self.outputs else {}
        if name != "result" and last.get("kind") == name:
            last["text"] += text
        else:
            self.outputs.append({"kind": name, "text": text})

    def error(self, name: str, value: str, lines: list[str]) -> None:
        """Note the error that ended the cell."""
        traceback = ANSI.sub("", "\n".join(lines))[-4000:]
        self.outputs.append({"kind": "error", "name": name[:200], "text": value[:4000], "traceback": traceback})


class _Stream(io.TextIOBase):
    def __init__(self, shown: Shown, name: str) -> None:
        self.shown, self.name = shown, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.shown.text(self.name, str(text))
        return len(text)


def make_shell() -> InteractiveShell:
    """An IPython shell without history and colours, whose cells run in a module called ``__main__``."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.cache_size = 0
    return InteractiveShell.instance(config=config)


@contextlib.contextmanager
def recorded(shell: InteractiveShell) -> Iterator[Shown]:
    """Collect what is printed, displayed and raised while cells run."""
    shown = Shown()
    shell.display_trap.hook = _hook(shell, shown)
    shell.display_pub.publish = lambda data, *_, **__: shown.text("display", str(data.get("text/plain", "")) + "\n")
    shell._showtraceback = lambda kind, value, lines: shown.error(kind.__name__, _text(value), lines)
    with contextlib.redirect_stdout(_Stream(shown, "stdout")), contextlib.redirect_stderr(_Stream(shown, "stderr")):
        yield shown


def _hook(shell: InteractiveShell, shown: Shown) -> Any:
    def show(value: Any) -> None:
        if value is not None:
            data, _ = shell.display_formatter.format(value, include={"text/plain"})
            shown.text("result", str(data.get("text/plain", "")))

    return show


def run(shell: InteractiveShell, code: str) -> tuple[ExecutionResult, Shown]:
    """Run a cell. The result says whether it failed."""
    with recorded(shell) as shown:
        result = shell.run_cell(code, store_history=False)
    return result, shown


def _text(value: BaseException | None) -> str:
    try:
        return str(value)
    except BaseException:  # a student's __str__ may do anything
        return "(its message cannot be shown)"


def as_notebook_outputs(outputs: list[dict[str, str]], most: int = 2 * MOST_TEXT) -> list[dict[str, Any]]:
    """The outputs of ``Shown``, which may come from a student's process, in nbformat's form; text only, and at most
    ``most`` characters of it."""
    told: list[dict[str, Any]] = []
    left = min(most, 2 * MOST_TEXT)
    for output in outputs[:200]:
        if left <= 0:
            break
        kind, text = str(output.get("kind")), clean(output.get("text"), left)
        left -= len(text) + 100
        if kind == "error":
            traceback = clean(output.get("traceback"), 4000).splitlines()
            told.append(
                {
                    "output_type": "error",
                    "ename": clean(output.get("name"), 200),
                    "evalue": text,
                    "traceback": traceback,
                }
            )
        elif kind in ("stdout", "stderr"):
            told.append({"output_type": "stream", "name": kind, "text": text})
        else:
            told.append({"output_type": "display_data", "data": {"text/plain": text}, "metadata": {}})
    return told


def clean(text: object, most: int = 2 * MOST_TEXT) -> str:
    """Text that every file and page can hold: no lone surrogates, no control characters, no more than ``most``."""
    plain = str(text if text is not None else "")[:most].encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", ANSI.sub("", plain))
