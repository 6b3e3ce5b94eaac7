"""Grade notebooks with nbgrader itself, in a scratch folder, and say what each check found.

Used by ``course check`` for one's own notebook and by the tests of the graders. The instructor's gradebook is
neither read nor written here.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from course_lib.authoring import failure_words, make_release, nbgrader_api, read_source
from course_lib.errors import CourseError
from course_lib.lessons import graded_cells, source_path

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI


@dataclass(frozen=True)
class CellGrade:
    """The grade of one test (``message`` is what the check said if it failed) or of one written answer, which
    waits for a person unless it was left empty (``by_hand``)."""

    grade_id: str
    points: float
    max_points: float
    message: str = ""
    by_hand: bool = False

    @property
    def exercise(self) -> str:
        """The grade id without the ``test_`` that every test's id begins with."""
        return self.grade_id.removeprefix("test_")


def grade(lesson: str, notebooks: Mapping[str, Path]) -> dict[str, list[CellGrade]]:
    """Grade copies of ``notebooks`` (by student) with all tests, hidden ones included, in one nbgrader run.

    In a copy of the course without ``solutions/``, the tests that stand in the notebooks themselves are run.
    The notebooks are not changed. Raises CourseError for a notebook that cannot be graded, saying why.
    """
    for path in notebooks.values():
        _refuse_ungradable(path)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        if source_path(lesson).exists():
            make_release(lesson, root)
            order = read_source(lesson)
        else:
            _visible_tests_as_source(lesson, root, next(iter(notebooks.values())))
            order = nbformat.read(next(iter(notebooks.values())), as_version=4)
        ids = [grade_id for grade_id, cell in graded_cells(order) if cell.metadata.nbgrader.grade]
        return autograde(lesson, notebooks, ids, root)


def autograde(lesson: str, notebooks: Mapping[str, Path], ids: Sequence[str], root: Path) -> dict[str, list[CellGrade]]:
    """Hand in ``notebooks`` (by student) in ``root``, where the lesson was released, let nbgrader grade them, and read
    the grades of the cells ``ids``. Raises CourseError for a notebook that nbgrader could not grade."""
    api = nbgrader_api(root)
    for student, path in notebooks.items():
        folder = root / "submitted" / student / lesson
        folder.mkdir(parents=True)
        shutil.copy(path, folder / f"{lesson}.ipynb")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own use of SQLAlchemy
        outcome = api.autograde(lesson, "*")
    graded = {}
    for student in notebooks:
        path = root / "autograded" / student / lesson / f"{lesson}.ipynb"
        if not path.exists():
            raise CourseError(f"nbgrader could not grade the notebook of {student}: {failure_words(outcome)}")
        graded[student] = _read_grades(api, lesson, student, nbformat.read(path, as_version=4), ids)
    api.gradebook.close()
    return graded


def _refuse_ungradable(path: Path) -> None:
    """Stop at what makes nbgrader itself stumble, with a sentence that a student understands."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise CourseError(f"There is no notebook {path}. Get the lesson again, or check where it was saved.") from None
    except Exception as error:
        raise CourseError(
            f"{path.name} is not a notebook that can be read ({error}). Save it again in JupyterLab."
        ) from error
    ids = [grade_id for grade_id, _ in graded_cells(notebook)]
    twice = sorted({grade_id for grade_id in ids if ids.count(grade_id) > 1})
    if twice:
        raise CourseError(
            f"{path.name} has the cell {twice[0]!r} {ids.count(twice[0])} times (a copy-paste?). "
            "Delete the copies, keep the one you want graded, save, and try again."
        )
    if not ids:
        raise CourseError(f"{path.name} has no graded cells. Copy your answers into a fresh copy of the lesson.")


def _visible_tests_as_source(lesson: str, root: Path, path: Path) -> None:
    folder = root / "solutions" / lesson
    folder.mkdir(parents=True)
    shutil.copy(path, folder / f"{lesson}.ipynb")
    outcome = nbgrader_api(root).generate_assignment(lesson, force=True, create=True)
    if not outcome["success"]:
        raise CourseError(f"The tests in {path.name} are damaged. Copy your answers into a fresh copy of the lesson.")


def _read_grades(
    api: NbGraderAPI, lesson: str, student: str, notebook: NotebookNode, ids: Sequence[str]
) -> list[CellGrade]:
    cells = dict(graded_cells(notebook))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own use of SQLAlchemy
        stored = {g.name: g for g in api.gradebook.find_submission_notebook(lesson, lesson, student).grades}
        scores = {
            i: (float(stored[i].auto_score or 0), float(stored[i].max_score), stored[i].needs_manual_grade) for i in ids
        }
    grades = []
    for grade_id, (points, possible, waiting) in scores.items():
        cell = cells[grade_id]
        if cell.cell_type == "markdown":
            message = "a written answer: a person grades it" if waiting else "not answered yet"
            grades.append(CellGrade(grade_id, 0.0, possible, message, by_hand=True))
        else:
            message = "" if points == possible else failure_message(cell)
            grades.append(CellGrade(grade_id, points, possible, message))
    return grades


def failure_message(cell: NotebookNode) -> str:
    """What a failed test cell says: the check's own message, never the test's code."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            if output.ename == "CheckFailed":
                return output.evalue
            if output.ename == "CellTimeoutError":
                return "It took too long and was stopped. Look for a loop that does not end."
            return f"The test stopped with {output.ename}: {output.evalue}"
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stderr":
            return f"A warning or other text on stderr came up: {output.text.strip()[:200]}"
    return "No check in this cell was reached."
