"""The graders, tested: right answers get full points, wrong ones lose points with a message that helps.

The format of the answers is spelled out in tests/answers/README.md.
"""

from __future__ import annotations

import copy
import multiprocessing
import re
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from course_lib.authoring import make_release, read_source, serialise
from course_lib.grading import CellGrade, autograde
from course_lib.lessons import graded_cells, lesson_names
from tests.conftest import values_asked

ANSWERS = Path(__file__).parent / "answers"


@dataclass(frozen=True)
class Answer:
    """One answer file."""

    lesson: str
    exercise: str
    path: Path

    @property
    def right(self) -> bool:
        return self.path.name.startswith("right_")

    @property
    def code(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def comment(self, name: str) -> str:
        found = re.search(rf"^# {name}: (.+)$", self.code, flags=re.MULTILINE)
        assert found, f"{self.path.name} needs a line '# {name}: …'"
        return found[1]


def answers(lesson: str) -> list[Answer]:
    return [Answer(lesson, path.parent.name, path) for path in sorted((ANSWERS / lesson).glob("*/*.py"))]


def exercises(notebook: nbformat.NotebookNode) -> list[str]:
    return [i for i, cell in graded_cells(notebook) if cell.cell_type == "code" and cell.metadata.nbgrader.solution]


@pytest.fixture(scope="session")
def graded(request) -> dict[Path, list[CellGrade]]:
    """The grades of every answer's own exercise. Two lessons at a time: a kernel that starts keeps one core busy."""
    asked = sorted({answer.lesson for answer in values_asked(request.session, "recorded")})
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as workers:
        return {path: rows for grades in workers.map(grade_answers, asked) for path, rows in grades.items()}


def grade_answers(lesson: str) -> dict[Path, list[CellGrade]]:
    """Grade a lesson's answers in one notebook, since most of a notebook's time is its kernel's start.

    After an exercise's own tests, each of its answers follows, with copies of these tests; what an answer defines is
    taken back before the next one.
    """
    notebook, ids = read_source(lesson), {}
    tests = {e: [c for i, c in graded_cells(notebook) if re.match(rf"test_{e}(_|$)", i)] for e in exercises(notebook)}
    last = {cells[-1].id: exercise for exercise, cells in tests.items()}
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if not (exercise := last.get(cell.id)):
            continue
        solution = next(c for i, c in graded_cells(notebook) if i == exercise)
        for number, answer in enumerate(a for a in answers(lesson) if a.exercise == exercise):
            copies = [renamed(solution, f"{exercise}__{number}", answer.code)]
            copies += [renamed(test, test.id.replace(exercise, f"{exercise}__{number}", 1)) for test in tests[exercise]]
            ids[answer.path] = [copy.id for copy in copies[1:]]
            cells += [new_code_cell("_before = dict(globals())"), *copies, new_code_cell(TAKE_BACK)]
    notebook.cells = cells
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "answers.ipynb"
        path.write_text(serialise(notebook), encoding="utf-8")
        make_release(lesson, Path(scratch), notebook)
        rows = autograde(lesson, {"student": path}, [i for several in ids.values() for i in several], Path(scratch))
    by_id = {row.grade_id: row for row in rows["student"]}
    return {path: [by_id[i] for i in several] for path, several in ids.items()}


TAKE_BACK = "globals().update(_before)\nfor _name in globals().keys() - _before.keys():\n    del globals()[_name]"


def renamed(cell: nbformat.NotebookNode, grade_id: str, code: str | None = None) -> nbformat.NotebookNode:
    """A copy of a graded cell under another id, perhaps with other code."""
    new = copy.deepcopy(cell)
    new.id = new.metadata.nbgrader.grade_id = grade_id
    new.source = cell.source if code is None else code
    return new


@pytest.mark.parametrize("lesson", lesson_names())
def test_every_exercise_has_enough_answers(lesson, tmp_path):
    notebook = nbformat.read(make_release(lesson, tmp_path) / f"{lesson}.ipynb", as_version=4)
    found = answers(lesson)
    assert {answer.exercise for answer in found} == set(exercises(notebook))
    for exercise in exercises(notebook):
        right = [answer for answer in found if answer.exercise == exercise and answer.right]
        wrong = [answer for answer in found if answer.exercise == exercise and not answer.right]
        assert len(right) >= 2, exercise
        assert len(wrong) >= 4, exercise
        assert len({answer.comment("misconception") for answer in wrong}) == len(wrong), exercise


@pytest.mark.parametrize(
    "recorded", [a for lesson in lesson_names() for a in answers(lesson)], ids=lambda a: f"{a.exercise}-{a.path.stem}"
)
def test_answer_is_judged_rightly(recorded, graded):
    rows = graded[recorded.path]
    assert rows
    points, possible = sum(row.points for row in rows), sum(row.max_points for row in rows)
    messages = "\n".join(row.message for row in rows)
    if recorded.right:
        assert points == possible, messages
    else:
        assert points < possible
        assert recorded.comment("feedback") in messages
        assert "Traceback" not in messages
