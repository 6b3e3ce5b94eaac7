"""Make an orderly notebook of what was handed in, so that an honest accident costs nobody a point.

Of a submission only the student's own cells are taken. Tests and locked cells come from the instructor's source, so
that a deleted, changed or duplicated test, an older release of the lesson or lost metadata make no difference.
"""

from __future__ import annotations

import base64
import binascii
import copy
import json
import re
import signal
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode

from course_lib.errors import CourseError
from course_lib.grading.shell import clean
from course_lib.lessons import graded_cells

MOST_CELLS = 20_000
MOST_SOURCE = 1_000_000
"""Characters of one cell."""
MOST_IN_ALL = 5_000_000
"""Characters of all cells together."""
MOST_SHOWN = 20_000
"""Characters of a student's cell that a page shows: highlighting takes time with the square of them."""
RENDER_SECONDS = 2.0
MOST_PICTURE = 1_000_000
MOST_PIXELS = 16_000_000
AGAIN = "Open your notebook in JupyterLab, save it, and hand it in again."


@dataclass
class Mended:
    """The notebook in the lesson's order, with nbgrader's metadata, and what was mended, in sentences."""

    notebook: NotebookNode
    notes: list[str] = field(default_factory=list)


@dataclass
class _Cell:
    """A cell as it was handed in: only what is needed, in safe types."""

    kind: str
    source: str
    grade_id: str
    cell_id: str
    outputs: list[dict[str, Any]]
    tags: list[str]


def mend(raw: bytes, source: NotebookNode, release: NotebookNode) -> Mended:
    """Merge a submission into the lesson's ``source`` (with hidden tests); ``release`` is what the student was given.

    Raises CourseError with a sentence that a student understands if the file is no notebook.
    """
    cells = read(raw)
    notes: list[str] = []
    own, followers = _assign(cells, source, release, notes)
    templates = {grade_id: cell.source for grade_id, cell in graded_cells(release)}
    demos = {cell.source.strip() for cell in release.cells if "demo" in cell.metadata.get("tags", [])}
    for cell in cells:
        if cell.source.strip() in demos and "demo" not in cell.tags:
            cell.tags.append("demo")  # some editors lose tags
    defined = {name for cell in cells if cell.kind == "code" for name in _defined(cell.source)}
    notebook = copy.deepcopy(source)
    merged = [_plain(cell) for cell in followers.get("", [])]
    for cell in [c for c in notebook.cells if "nbgrader" in c.metadata]:
        grade_id, graded = cell.metadata.nbgrader.grade_id, cell.metadata.nbgrader
        if graded.solution:
            versions, template = own.get(grade_id, []), templates.get(grade_id, "")
            if not versions and cell.cell_type == "code" and defined & set(_defined(template)):
                template = ""  # written in another cell: the empty exercise must not overwrite it
            cell.source = _choose(versions, cell, template, merged, notes)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        merged.append(cell)
        merged += [_plain(each) for each in followers.get(grade_id, [])]
    for number, cell in enumerate(merged):
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id") or f"own-{number}"
    notebook.cells = merged
    return Mended(notebook, [*notes[:20], *([f"… and {len(notes) - 20} more."] if len(notes) > 20 else [])])


def read(raw: bytes) -> list[_Cell]:
    """The cells of a notebook, however it was saved. Raises CourseError in one sentence if the file is none."""
    if not raw.strip():
        raise CourseError(f"The file is empty. {AGAIN}")
    try:
        document = json.loads(_text(raw))
    except (ValueError, RecursionError, MemoryError):
        raise CourseError(f"The file is not a notebook: its content cannot be read. {AGAIN}") from None
    cells = document.get("cells") if isinstance(document, dict) else None
    if cells is None and isinstance(document, dict) and isinstance(document.get("worksheets"), list):  # nbformat 3
        cells = [cell for sheet in document["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells", [])]
    if not isinstance(cells, list) or not any(isinstance(cell, dict) for cell in cells):
        raise CourseError(f"The file holds no notebook cells. {AGAIN}")
    if len(cells) > MOST_CELLS:
        raise CourseError(f"The notebook has {len(cells)} cells, more than {MOST_CELLS}. Delete those you do not need.")
    found = [_cell(cell) for cell in cells if isinstance(cell, dict)]
    if sum(len(cell.source) for cell in found) > MOST_IN_ALL:
        raise CourseError(
            f"The cells hold more than {MOST_IN_ALL // 10**6} million characters. Delete what is no answer."
        )
    return found


def _text(raw: bytes) -> str:
    """The file's text: UTF-8 as the format wants it, or what editors on Windows make of it."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _cell(told: dict[str, Any]) -> _Cell:
    metadata = told.get("metadata") if isinstance(told.get("metadata"), dict) else {}
    graded = metadata.get("nbgrader") if isinstance(metadata.get("nbgrader"), dict) else {}
    text = told.get("source", told.get("input", ""))
    text = "".join(map(str, text)) if isinstance(text, list) else text if isinstance(text, str) else ""
    tags, outputs = metadata.get("tags"), told.get("outputs")
    return _Cell(
        kind=str(told.get("cell_type")),
        source=clean(text.replace("\r\n", "\n").replace("\r", "\n"), MOST_SOURCE),
        grade_id=str(graded.get("grade_id") or ""),
        cell_id=str(told.get("id") or ""),
        outputs=outputs if isinstance(outputs, list) else [],
        tags=[str(tag) for tag in tags] if isinstance(tags, list) else [],
    )


def _assign(
    cells: list[_Cell], source: NotebookNode, release: NotebookNode, notes: list[str]
) -> tuple[dict[str, list[_Cell]], dict[str, list[_Cell]]]:
    """Which cells are versions of which graded cell, and which other cells follow which graded cell."""
    known = dict(graded_cells(source))
    find = _Finder(source, release, marked=any(c.grade_id in known or c.cell_id in known for c in cells))
    own: dict[str, list[_Cell]] = {}
    followers: dict[str, list[_Cell]] = {}
    last, before, guessed = "", "", []
    for cell in cells:
        grade_id = cell.grade_id if cell.grade_id in known else find(cell, before, own)
        if grade_id:
            if cell.grade_id != grade_id:
                guessed.append(grade_id)
            own.setdefault(grade_id, []).append(cell)
            last = grade_id
        else:
            if cell.grade_id:
                notes.append(f"The cell {clean(cell.grade_id, 60)!r} is none of this lesson's: run, not graded.")
            followers.setdefault(last, []).append(cell)
        before = cell.source
    missing = [i for i, cell in known.items() if i not in own and cell.metadata.nbgrader.grade]
    if guessed:
        notes.append(f"Cells without their mark were recognised by their content: {', '.join(guessed[:20])}.")
    if missing:
        notes.append(f"Missing cells were put back: {', '.join(missing[:20])}.")
    return own, followers


class _Finder:
    """Recognises a graded cell that has lost its metadata."""

    def __init__(self, source: NotebookNode, release: NotebookNode, marked: bool) -> None:
        self.marked = marked
        self.known = dict(graded_cells(source))
        self.released = {cell.source.strip(): i for i, cell in graded_cells(release) if not _is_open(cell)}
        self.defines = {
            name: i
            for i, cell in self.known.items()
            if _is_open(cell) and cell.cell_type == "code"
            for name in _defined(cell.source)
        }
        texts = [cell.source.strip() for cell in release.cells]
        self.answers = {
            texts[n - 1]: cell.metadata.nbgrader.grade_id
            for n, cell in enumerate(release.cells)
            if n and cell.cell_type == "markdown" and _is_open(cell)
        }

    def __call__(self, cell: _Cell, before: str, found: dict[str, list[_Cell]]) -> str:
        if cell.cell_id in self.known:
            return cell.cell_id
        if (grade_id := self.released.get(cell.source.strip())) is not None:
            return grade_id
        if before.strip() in self.answers and self.answers[before.strip()] not in found:
            return self.answers[before.strip()]
        if cell.grade_id or not self.marked:  # only where marks were lost or renamed, definitions are searched for
            names = [name for name in _defined(cell.source) if name in self.defines]
            return self.defines[names[0]] if names and cell.kind == "code" else ""
        return ""


def _is_open(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _defined(code: str) -> list[str]:
    """Names that code defines at its left margin, also where it has a syntax error elsewhere."""
    return [a or b for a, b in re.findall(r"^(?:def|class)\s+(\w+)|^(\w+)\s*=(?!=)", code, flags=re.MULTILINE)]


def _choose(
    versions: list[_Cell], cell: NotebookNode, template: str, merged: list[NotebookNode], notes: list[str]
) -> str:
    """The text to grade, of all versions of a cell; earlier versions of code stay in the notebook as plain cells."""
    grade_id = cell.metadata.nbgrader.grade_id
    worked = [v for v in versions if v.source.strip() != template.strip()]
    if not worked:
        return template
    distinct = list({v.source: v for v in worked}.values())
    if len(versions) > 1:
        notes.append(f"The cell {grade_id!r} was there {len(versions)} times (a copy-paste?).")
    if cell.cell_type == "markdown":
        return "\n\n---\n\n".join(harmless_markdown(v.source) for v in distinct)
    if distinct[-1].kind != "code":
        notes.append(f"The cell {grade_id!r} had become a text cell; it was graded as code.")
    merged += [_plain(v) for v in distinct[:-1]]
    return distinct[-1].source


def _plain(cell: _Cell) -> NotebookNode:
    """A student's own cell, without any mark; what a demonstration showed is kept, as text and pictures."""
    if cell.kind == "code":
        new = nbformat.v4.new_code_cell(cell.source)
        if "demo" in cell.tags:
            new.metadata.tags = ["demo"]
            new.outputs = list(_harmless(cell.outputs))
        return new
    return nbformat.v4.new_markdown_cell(harmless_markdown(cell.source))


def harmless_markdown(text: str) -> str:
    """Markdown in which HTML is shown as text, and no link or picture runs a script or loads anything.

    The formgrader shows a student's text inside the instructor's own session.
    """
    text = quick_to_show(text)
    text = re.sub(r"&(?=#|\w+;)", "&amp;", text).replace("<", "&lt;")
    text = re.sub(r"(?i)\b(javascript|vbscript|data|file|blob)(\s*):", r"\1\2 :", text)
    text = re.sub(r"!\[([^\]]*)\](?=\s*[(\[])", r"[\1]", text)
    return text if _renders(text) else "\n".join("    " + line for line in text.splitlines())


def quick_to_show(text: str) -> str:
    """The text, cut to what is quickly shown, and without the long runs of white space that slow highlighters down."""
    if len(text) > MOST_SHOWN:
        text = text[:MOST_SHOWN] + "\n\n… (the rest was cut off)"
    text = re.sub(r"[ \t]{200,}", " " * 200, text)
    return re.sub(r"(?:[ \t]*\n){50,}", "\n" * 50, text)


def _renders(text: str) -> bool:
    """Whether nbconvert can show this Markdown, and soon: thousands of quotations in each other are too deep for it."""
    from nbconvert.filters import markdown2html

    try:
        with time_limit(RENDER_SECONDS):
            markdown2html(text)
    except Exception:
        return False
    return True


@contextmanager
def time_limit(seconds: float, error: BaseException | None = None) -> Iterator[None]:
    """Raise ``error``, or a TimeoutError, in the block if it takes longer. Python's regular expressions can be
    interrupted so, too."""

    def late(*_: Any) -> None:
        raise error or TimeoutError(f"not done within {seconds:g} s")

    previous = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _harmless(outputs: list[Any]) -> Iterator[NotebookNode]:
    """Text and PNG pictures of outputs that a student handed in, nothing that a browser would run."""
    left = 40
    for output in outputs:
        if not isinstance(output, dict) or left <= 0:
            continue
        left -= 1
        data = output.get("data") if isinstance(output.get("data"), dict) else {}
        text = data.get("text/plain", output.get("text", ""))
        text = "".join(map(str, text)) if isinstance(text, list) else str(text or "")
        shown = {}
        if isinstance(data.get("image/png"), str) and _is_picture(data["image/png"]):
            shown["image/png"] = re.sub(r"\s", "", data["image/png"])
        if text:
            shown["text/plain"] = clean(text, 20_000)
        if shown:
            yield nbformat.v4.new_output("display_data", data=shown)


def _is_picture(encoded: str) -> bool:
    """Whether this is a PNG of a size that a browser can show: its header says how many pixels it will unpack to."""
    if len(encoded) > MOST_PICTURE:
        return False
    try:
        raw = base64.b64decode(re.sub(r"\s", "", encoded), validate=True)
        width, height = struct.unpack(">II", raw[16:24])
    except (binascii.Error, struct.error, ValueError):
        return False
    return raw.startswith(b"\x89PNG\r\n\x1a\n") and raw[12:16] == b"IHDR" and 0 < width * height <= MOST_PIXELS
