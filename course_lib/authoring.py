"""From one source to the students' notebook.

A lesson is written once, as ``solutions/NN_name/NN_name.py`` in jupytext's percent format
(https://jupytext.readthedocs.io/en/latest/formats-scripts.html), which reads well in a diff and opens as a notebook
in JupyterLab. Cell headers carry a short form of nbgrader's metadata::

    # %% solution="parse_ticket"                     a cell in which the student writes
    # %% test="test_parse_ticket" points=1           an autograded test
    # %% [markdown] answer="why_precise" points=3    a written answer, graded by hand
    # %% locked="setup"                              shown, and restored before grading if it was changed
    # %% tags=["demo"]                               runs for the student, is skipped while grading

``build`` expands it and lets nbgrader's own generate_assignment make the release. Building twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from course_lib.errors import CourseError
from course_lib.files import write_atomically
from course_lib.lessons import (
    NOTEBOOKS,
    ROOT,
    SOLUTIONS,
    graded_cells,
    notebook_path,
    source_path,
    use_own_scripts,
)

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI

SHORT_FORMS = {
    "solution": {"grade": False, "solution": True, "locked": False},
    "test": {"grade": True, "solution": False, "locked": True},
    "answer": {"grade": True, "solution": True, "locked": False},
    "locked": {"grade": False, "solution": False, "locked": True},
}
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# The parts of a source that no student may find in a release.
SECRET_REGIONS = (
    ("### BEGIN SOLUTION", "### END SOLUTION"),
    ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"),
    ("=== BEGIN MARK SCHEME ===", "=== END MARK SCHEME ==="),
)


def read_source(lesson: str) -> NotebookNode:
    """The lesson's source as a notebook with nbgrader metadata and stable cell ids.

    Raises CourseError for a source that cannot be read or a cell header in error.
    """
    import jupytext

    path = source_path(lesson)
    try:
        notebook = jupytext.read(path, fmt="py:percent")
    except (OSError, SyntaxError, ValueError) as error:
        raise CourseError(f"{path.relative_to(ROOT)} cannot be read as a percent-format lesson: {error}") from error
    used: set[str] = set()
    for cell in notebook.cells:
        _expand(cell, path)
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        stable = grade_id or "cell-" + hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        while stable in used:  # the same text twice, or a duplicated grade id (which `problems` reports)
            stable += "-again"
        used.add(stable)
        cell.id = stable
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def run_solved(lesson: str, scoreboard_file: Path) -> tuple[NotebookNode, float]:
    """Run a solved lesson from its first cell to its last with the real model; its results go to ``scoreboard_file``.

    Returns the executed notebook and its wall time in seconds, kernel start included. Raises nbclient's
    CellExecutionError at the first cell that fails.
    """
    from nbclient import NotebookClient

    notebook = read_source(lesson)
    environment = os.environ | {"COURSE_SCOREBOARD": str(scoreboard_file)}
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, timeout=900, resources={"metadata": {"path": folder}})
        began = time.perf_counter()
        client.execute(env=environment)
        return notebook, time.perf_counter() - began


def _expand(cell: NotebookNode, path: Path) -> None:
    """Replace the short form in a cell's metadata by nbgrader's own."""
    kinds = [kind for kind in SHORT_FORMS if kind in cell.metadata]
    if len(kinds) > 1:
        raise CourseError(f"{path.name}: a cell is {' and '.join(kinds)} at once: {cell.source[:60]!r}")
    metadata = {key: value for key, value in cell.metadata.items() if key == "tags"}
    if kinds:
        kind, graded = kinds[0], SHORT_FORMS[kinds[0]]["grade"]
        points = cell.metadata.get("points")
        if graded != isinstance(points, int) or (graded and points < 1):
            raise CourseError(
                f"{path.name}: cell {cell.metadata[kind]!r} needs points, a whole number from 1, "
                "exactly if it is a test or an answer."
            )
        metadata["nbgrader"] = (
            SHORT_FORMS[kind]
            | {
                "grade_id": cell.metadata[kind],
                "schema_version": 3,
                "task": False,
                "cell_type": cell.cell_type,
            }
            | ({"points": points} if graded else {})
        )
    cell.metadata = nbformat.from_dict(metadata)


def serialise(notebook: NotebookNode) -> str:
    """A notebook as text: keys sorted, no outputs left to chance, one newline at the end."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def nbgrader_api(root: Path) -> NbGraderAPI:
    """nbgrader, set up as nbgrader_config.py says, but at work in ``root``, with a gradebook of its own there."""
    import nbgrader.coursedir
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    use_own_scripts()
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
    coursedir = nbgrader.coursedir.CourseDirectory(config=config)
    api = NbGraderAPI(coursedir, config=config)
    api.log.handlers, api.log.propagate = [logging.NullHandler()], False
    return api


def failure_words(outcome: dict) -> str:
    """The reason that stands in nbgrader's log, in one line."""
    log = outcome.get("log") or outcome.get("error") or ""
    causes = re.findall(r"^ +((?:[\w.]+)(?:Error|Exception): .+)$", log, flags=re.MULTILINE)
    errors = re.findall(r"^\[ERROR\] (.+)$", log, flags=re.MULTILINE)
    return (causes[-1:] or errors[:1] or ["no reason given"])[0]


def make_release(lesson: str, root: Path, notebook: NotebookNode | None = None) -> Path:
    """Run generate_assignment on a lesson in ``root`` (a scratch folder) and return the released lesson's folder.

    ``notebook`` takes the place of the lesson's source. Raises CourseError if it has one of the ``problems``.
    """
    notebook = notebook or read_source(lesson)
    if found := problems(notebook):
        raise CourseError(f"{lesson} cannot be built. " + " ".join(found))
    source = root / "solutions" / lesson
    shutil.copytree(SOLUTIONS / lesson, source, ignore=shutil.ignore_patterns("*.ipynb", "*.py", "__pycache__", ".*"))
    write_atomically(source / f"{lesson}.ipynb", serialise(notebook))
    outcome = nbgrader_api(root).generate_assignment(lesson, force=True, create=True)
    if not outcome["success"]:
        raise CourseError(f"nbgrader could not make the release of {lesson}: {failure_words(outcome)}")
    released = root / "notebooks" / lesson
    path = released / f"{lesson}.ipynb"
    release = nbformat.read(path, as_version=4)
    release.metadata = nbformat.from_dict(
        NOTEBOOK_METADATA | {"course": {"lesson": lesson, "release": fingerprint(release)}}
    )
    path.write_text(serialise(release), encoding="utf-8")
    return released


def fingerprint(notebook: NotebookNode) -> str:
    """Digest of the cells' text: names a release, and shows whether a notebook has been worked on."""
    text = "\0".join(cell.source for cell in notebook.cells)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def was_edited(path: Path, fresh: Path | None = None) -> bool:
    """Whether a released notebook holds somebody's work: outputs, or cells other than as released (as the notebook
    itself notes, or as in the ``fresh`` release: stock nbgrader writes no such note)."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception:  # not a notebook any more: certainly not as released
        return True
    known = {notebook.metadata.get("course", {}).get("release")}
    if fresh is not None:
        known.add(fingerprint(nbformat.read(fresh, as_version=4)))
    return fingerprint(notebook) not in known or any(cell.get("outputs") for cell in notebook.cells)


def build(lesson: str, *, force: bool = False) -> bool:
    """Write ``solutions/L/L.ipynb`` and ``notebooks/L/``; True if the release changed.

    Raises CourseError for a source that cannot be built or leaks, and rather than overwrite a notebook that
    someone has worked in, unless ``force``.
    """
    with tempfile.TemporaryDirectory() as scratch:
        released = make_release(lesson, Path(scratch))
        if found := leaks(read_source(lesson), released):
            raise CourseError(f"{lesson} was not built. " + " ".join(found))
        target = notebook_path(lesson)
        if not force and target.exists() and was_edited(target, released / target.name):
            raise CourseError(
                f"{target.relative_to(ROOT)} has been worked in; building would overwrite that work. "
                "Move it elsewhere first, or build with --force."
            )
        write_atomically(SOLUTIONS / lesson / f"{lesson}.ipynb", serialise(read_source(lesson)))
        changed = bool(differences(lesson, released))
        for path in released.rglob("*"):
            if path.is_file():
                write_atomically(target.parent / path.relative_to(released), path.read_bytes())
    return changed


def check_build(lesson: str) -> list[str]:
    """What is wrong with a lesson as it stands on disk: its source, a release that leaks or is out of date."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            released = make_release(lesson, Path(scratch))
        except CourseError as error:
            return [str(error)]
        stale = [
            f"notebooks/{lesson}/{name} is not what the source gives: run `course build {lesson}` and commit it."
            for name in differences(lesson, released)
        ]
        return leaks(read_source(lesson), NOTEBOOKS / lesson) + stale


def differences(lesson: str, released: Path) -> list[str]:
    """Files of the release that are missing or differ in ``notebooks/``, and files there that are in no release."""
    target = NOTEBOOKS / lesson
    ignored = {".ipynb_checkpoints"}
    fresh = {p.relative_to(released).as_posix(): p.read_bytes() for p in released.rglob("*") if p.is_file()}
    there = {
        p.relative_to(target).as_posix(): p.read_bytes()
        for p in target.rglob("*")
        if p.is_file() and not ignored & set(p.relative_to(target).parts)
    }
    return sorted(name for name in fresh.keys() | there.keys() if fresh.get(name) != there.get(name))


def count_exercises(lesson: str) -> tuple[int, int]:
    """How many exercises of a lesson are graded by tests, and how many answers by hand."""
    cells = [cell for _, cell in graded_cells(read_source(lesson)) if cell.metadata.nbgrader.solution]
    tested = sum(cell.cell_type == "code" for cell in cells)
    return tested, len(cells) - tested


def problems(source: NotebookNode) -> list[str]:
    """What is amiss in a lesson's source: grade ids, exercises without tests, missing headings, open regions."""
    found = []
    ids = [grade_id for grade_id, _ in graded_cells(source)]
    found += [f"The grade id {i!r} is used {ids.count(i)} times." for i in sorted({i for i in ids if ids.count(i) > 1})]
    found += [
        f"The grade id {i!r} has other characters than letters, digits, - and _."
        for i in ids
        if not re.fullmatch(r"[\w-]{1,60}", i)
    ]
    tests = [i for i, cell in graded_cells(source) if cell.metadata.nbgrader.grade and cell.cell_type == "code"]
    exercises = [i for i, cell in graded_cells(source) if cell.metadata.nbgrader.solution and cell.cell_type == "code"]
    found += [
        f"The exercise {e!r} has no test (a test's id begins with test_{e})."
        for e in exercises
        if not any(t.startswith(f"test_{e}") for t in tests)
    ]
    found += [
        f"The test {t!r} belongs to no exercise."
        for t in tests
        if not any(t.startswith(f"test_{e}") for e in exercises)
    ]
    text = "\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")
    headings = re.findall(r"^#+ +(.+)$", text, flags=re.MULTILINE)
    for wanted in ("Objectives", "Summary", "What to try next"):
        if headings.count(wanted) != 1:
            found.append(f"The lesson needs one heading {wanted!r}, it has {headings.count(wanted)}.")
    for cell in source.cells:
        for begin, end in SECRET_REGIONS:
            if cell.source.count(begin) != cell.source.count(end):
                found.append(f"A {begin!r} and its end do not match in the cell {cell.id!r}.")
    return found


def leaks(source: NotebookNode, released: Path) -> list[str]:
    """Lines of solutions, hidden tests and mark schemes that stand in any file of the release.

    A line counts if it says something (12 characters or more, letters among them) and the open part of the
    source does not say it as well.
    """
    secret, public = set(), set()
    for cell in source.cells:
        # A written answer's cell is a solution as a whole; so nbgrader replaces all of it.
        whole = cell.metadata.get("nbgrader", {})
        inside = bool(whole.get("grade") and whole.get("solution"))
        for line in cell.source.splitlines():
            stripped = line.strip()
            if any(stripped == begin for begin, _ in SECRET_REGIONS):
                inside = True
            elif any(stripped == end for _, end in SECRET_REGIONS):
                inside = bool(whole.get("grade") and whole.get("solution"))
            else:
                (secret if inside else public).add(stripped)
    telling = [line for line in secret - public if len(line) >= 12 and re.search(r"[A-Za-z]{3}", line)]
    found = []
    for path in sorted(p for p in released.rglob("*") if p.is_file() and ".ipynb_checkpoints" not in p.parts):
        content = path.read_bytes().decode("utf-8", errors="replace")
        if path.suffix == ".ipynb":
            cells = json.loads(content)["cells"]
            content = "\n".join("".join(cell["source"]) for cell in cells) + json.dumps(
                [cell.get("outputs", []) for cell in cells], ensure_ascii=False
            )
        found += [f"{path.name} in the release shows a secret line: {line!r}." for line in telling if line in content]
        found += [
            f"{path.name} in the release holds the marker {begin!r}." for begin, _ in SECRET_REGIONS if begin in content
        ]
    return found
