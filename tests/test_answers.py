"""The graders, tested: right answers get full points, wrong ones lose points with a message that helps.

The format of the answers is spelled out in tests/answers/README.md.
"""

from __future__ import annotations

import multiprocessing
import re
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import nbformat
import pytest

from course_lib.authoring import make_release
from course_lib.grading import CellGrade, grade
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
    asked = sorted({answer.lesson for answer in values_asked(request.session, "answer")})
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as workers:
        return {path: rows for grades in workers.map(grade_answers, asked) for path, rows in grades.items()}


def grade_answers(lesson: str) -> dict[Path, list[CellGrade]]:
    """Grade a lesson's answers: the n-th answers of all exercises share one notebook."""
    per_exercise: dict[str, list[Answer]] = {}
    for answer in answers(lesson):
        per_exercise.setdefault(answer.exercise, []).append(answer)
    notebooks, places = {}, {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        release = make_release(lesson, folder) / f"{lesson}.ipynb"
        for number, group in enumerate(zip_longest(*per_exercise.values())):
            notebook = nbformat.read(release, as_version=4)
            cells = dict(graded_cells(notebook))
            for answer in filter(None, group):
                cells[answer.exercise].source = answer.code
                places[answer.path] = (f"student{number}", answer.exercise)
            notebooks[f"student{number}"] = folder / f"{number}.ipynb"
            nbformat.write(notebook, notebooks[f"student{number}"])
        rows = grade(lesson, notebooks)
    return {
        path: [row for row in rows[student] if row.grade_id.startswith(f"test_{exercise}")]
        for path, (student, exercise) in places.items()
    }


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
    "answer", [a for lesson in lesson_names() for a in answers(lesson)], ids=lambda a: f"{a.exercise}-{a.path.stem}"
)
def test_answer_is_judged_rightly(answer, graded):
    rows = graded[answer.path]
    assert rows
    points, possible = sum(row.points for row in rows), sum(row.max_points for row in rows)
    messages = "\n".join(row.message for row in rows)
    if answer.right:
        assert points == possible, messages
    else:
        assert points < possible
        assert answer.comment("feedback") in messages
        assert "Traceback" not in messages
