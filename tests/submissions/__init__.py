"""Bad submissions, each with what a grader must make of it.

A submission is a function that writes into ``submitted/STUDENT/LESSON/``; its name is the student's id, its docstring
says what it tries or which accident it is. All are of lesson 02, which needs no model.
"""

from __future__ import annotations

import json
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course_lib.authoring import SECRET_REGIONS, make_release, read_source
from course_lib.lessons import graded_cells

LESSON = "02_prompt_precisely"
FULL = 18
"""Automatic points of the lesson: six exercises, each with a visible test of 1 point and a hidden one of 2."""
END = "test_my_prompt_hidden"
"""The last test: a cell added after it runs when everything has been tested."""

Maker = Callable[[Path, NotebookNode], None]


@dataclass(frozen=True)
class Submission:
    """One submission and what it must get.

    points: automatic points, or (lowest, highest) where timing may decide. flagged: whether a person is asked to look;
    None where both are right. says: occurs in the note, reason or feedback.
    """

    name: str
    make: Maker
    points: float | tuple[float, float]
    status: Literal["graded", "failed"]
    flagged: bool | None
    says: str


ALL: dict[str, Submission] = {}
"""Every submission by its name."""


def submission(
    *,
    points: float | tuple[float, float],
    status: Literal["graded", "failed"] = "graded",
    flagged: bool | None = False,
    says: str = "",
) -> Callable[[Maker], Maker]:
    """Register ``make(folder, notebook)``, which may change the solved ``notebook`` and writes into ``folder``."""

    def register(make: Maker) -> Maker:
        name = make.__name__
        if name in ALL:
            raise ValueError(f"Two submissions are called {name!r}: rename one.")
        if not make.__doc__:
            raise ValueError(f"The submission {name!r} needs a docstring that says what it is.")
        ALL[name] = Submission(name, make, points, status, flagged, says)
        return make

    return register


def handed_in(notebook: NotebookNode, folder: Path, name: str = f"{LESSON}.ipynb") -> Path:
    """Write the notebook as JSON; lone surrogates stay escapes. Returns the file."""
    path = folder / name
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return path


def solved_notebook() -> NotebookNode:
    """The lesson as a student hands it in who has solved everything: the release, filled in."""
    source = dict(graded_cells(read_source(LESSON)))
    with tempfile.TemporaryDirectory() as scratch:
        notebook = nbformat.read(make_release(LESSON, Path(scratch)) / f"{LESSON}.ipynb", as_version=4)
    for grade_id, cell in graded_cells(notebook):
        if cell.metadata.nbgrader.solution:
            lines = source[grade_id].source.splitlines()
            cell.source = "\n".join(line for line in lines if line.strip() not in SECRET_REGIONS[0])
            if cell.cell_type == "markdown":
                cell.source = "Because the model knows what we want."
    return notebook


def graded(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """The cell with this grade id."""
    return next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def solution(notebook: NotebookNode, exercise: str) -> NotebookNode:
    """The cell in which the student wrote an exercise."""
    cell = graded(notebook, exercise)
    if not cell.metadata.nbgrader.solution:
        raise ValueError(f"{exercise!r} is a test, not an exercise.")
    return cell


def solutions(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """``(exercise, cell)`` of every tested exercise, in order."""
    for cell in notebook.cells:
        known = cell.metadata.get("nbgrader", {})
        if known.get("solution") and not known.get("grade"):
            yield known.grade_id, cell


def tests(notebook: NotebookNode) -> list[NotebookNode]:
    """The test cells, in order."""
    known = [(cell, cell.metadata.get("nbgrader", {})) for cell in notebook.cells]
    return [cell for cell, its in known if its.get("grade") and not its.get("solution")]


def add_code(notebook: NotebookNode, after: str | None, code: str) -> NotebookNode:
    """Put a new code cell after the cell with the grade id ``after``, or on top; returns it. ``code`` may be indented."""
    at = 0 if after is None else notebook.cells.index(graded(notebook, after)) + 1
    cell = new_code_cell(textwrap.dedent(code).strip("\n"), id=f"extra-{len(notebook.cells)}")
    notebook.cells.insert(at, cell)
    return cell


def blank(notebook: NotebookNode) -> None:
    """Make every exercise worthless: each function returns None."""
    for exercise, cell in solutions(notebook):
        cell.source = f"def {exercise}(*args, **kwargs):\n    return None"


# Each module registers its submissions, so they come last.
from tests.submissions import accidents, files, forging, outputs, reach, resources  # noqa: E402, F401
