"""Where the lessons are, and what a lesson's notebook holds for the grader."""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.errors import CourseError

if TYPE_CHECKING:
    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
"""The course's folder: the package is installed from it in place (requirements.txt ends in ``-e .``)."""
SOLUTIONS = ROOT / "solutions"
NOTEBOOKS = ROOT / "notebooks"


def use_own_scripts() -> None:
    """Put this environment's scripts first on PATH, as activating it does: nbgrader calls ``alembic`` by name."""
    scripts = sysconfig.get_path("scripts")
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = scripts + os.pathsep + os.environ.get("PATH", "")


def lesson_names() -> list[str]:
    """The lessons in order, from their sources, or from the notebooks in a copy without solutions."""
    sources = sorted(path.parent.name for path in SOLUTIONS.glob("[0-9][0-9]_*/*.py"))
    return sources or sorted(path.parent.name for path in NOTEBOOKS.glob("[0-9][0-9]_*/*.ipynb"))


def find_lesson(wanted: str) -> str:
    """Full name of the lesson that ``wanted`` means: its number, its beginning or its name."""
    names = lesson_names()
    number = wanted.zfill(2) if wanted.isdigit() else wanted
    found = [name for name in names if name == wanted] or [name for name in names if name.startswith(number)]
    if len(found) != 1:
        raise CourseError(f"There is no lesson {wanted!r}. The lessons are: {', '.join(names) or 'none'}.")
    return found[0]


def source_path(lesson: str) -> Path:
    """The authored lesson, a percent-format Python file."""
    return SOLUTIONS / lesson / f"{lesson}.py"


def notebook_path(lesson: str) -> Path:
    """The student's notebook."""
    return NOTEBOOKS / lesson / f"{lesson}.ipynb"


def graded_cells(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """``(grade_id, cell)`` of every cell that nbgrader knows."""
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            yield cell.metadata.nbgrader.get("grade_id", ""), cell
