"""The graders, tested: right answers get full points, wrong ones lose points with a message that helps.

The format of the answers is spelled out in tests/answers/README.md.
"""

from __future__ import annotations

import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from course_lib.authoring import make_release, read_source, serialise
from course_lib.grading.grader import Grader, Lesson, Settings
from course_lib.grading.self_check import failure_message
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
def graded(request) -> dict[Path, list[NotebookNode]]:
    """The graded test cells of every answer's own exercise, two lessons at a time."""
    asked = sorted({answer.lesson for answer in values_asked(request.session, "recorded")})
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as workers:
        return {path: cells for grades in workers.map(grade_answers, asked) for path, cells in grades.items()}


def grade_answers(lesson: str) -> dict[Path, list[NotebookNode]]:
    """Grade a lesson's answers as a class's submissions: each holds the next answer to every exercise that has one left.

    Without the sandbox, which changes no grade (test_submissions.py) and is not to be had everywhere.
    """
    by_exercise: dict[str, list[Answer]] = {}
    for answer in answers(lesson):
        by_exercise.setdefault(answer.exercise, []).append(answer)
    cells = {}
    with closing(Grader(Lesson.load(lesson), Settings(sandbox=False))) as grader:
        for number in range(max(map(len, by_exercise.values()))):
            notebook = read_source(lesson)
            handed_in = {e: several[number] for e, several in by_exercise.items() if number < len(several)}
            for grade_id, cell in graded_cells(notebook):
                if grade_id in handed_in:
                    cell.source = handed_in[grade_id].code
            outcome = grader.grade(serialise(notebook).encode())
            assert not outcome.flags, (outcome.flags, handed_in)
            tests = list(graded_cells(nbformat.from_dict(outcome.notebook)))
            for exercise, answer in handed_in.items():
                cells[answer.path] = [cell for i, cell in tests if re.match(rf"test_{exercise}(_|$)", i)]
    return cells


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
    cells = graded[recorded.path]
    assert len(cells) >= 2
    lost = [cell for cell in cells if any(output.output_type == "error" for output in cell.outputs)]
    messages = "\n".join(failure_message(cell) for cell in lost)
    if recorded.right:
        assert not lost, messages
    else:
        assert lost
        assert recorded.comment("feedback") in messages
        assert "Traceback" not in messages
