"""A class in which every second submission is bad: each gets what it must, and the honest ones lose nothing."""

from __future__ import annotations

import copy
import hashlib
import json
import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
import pytest

from course_lib.authoring import serialise
from course_lib.errors import CourseError
from course_lib.grading import batch, records, sandbox
from course_lib.grading.grader import Settings
from course_lib.grading.records import Record
from course_lib.grading.self_check import failure_message
from course_lib.lessons import SOLUTIONS
from tests.conftest import values_asked
from tests.submissions import ALL, FULL, LESSON


def why_no_sandbox() -> str:
    try:
        sandbox.command()
    except CourseError as error:
        return str(error)
    return ""


pytestmark = pytest.mark.skipif(bool(why_no_sandbox()), reason=why_no_sandbox())

SETTINGS = Settings(cell_seconds=5.0, notebook_seconds=120.0)


@dataclass(frozen=True)
class Class:
    """A class after grading: its folder, records by student, and what was there before and after."""

    root: Path
    records: dict[str, Record]
    files_before: dict[str, str]
    files_after: dict[str, str]
    honest: list[str]


def fingerprints(*folders: Path) -> dict[str, str]:
    """Digest of every ordinary file below the folders."""
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if "__pycache__" not in str(path)
    }


@pytest.fixture(scope="module")
def graded_class(request, tmp_path_factory, lesson, solved) -> Class:
    asked = [ALL[name] for name in values_asked(request.session, "bad")]
    root = tmp_path_factory.mktemp("class")
    honest = []
    for number in range(len(asked) + 1):
        student = f"{number:03}-honest"  # submissions are graded in the order of names
        folder = root / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        (folder / f"{LESSON}.ipynb").write_text(serialise(solved), encoding="utf-8")
        honest.append(student)
        if number < len(asked):
            folder = root / "submitted" / f"{number:03}-{asked[number].name}" / LESSON
            folder.mkdir(parents=True)
            asked[number].make(folder, copy.deepcopy(solved))
    watched = [root / "submitted" / student for student in honest] + [SOLUTIONS]
    before = fingerprints(*watched)
    with closing(batch.Pool(lesson, SETTINGS, 2)) as pool:
        summary = batch.grade(lesson, root, pool)
        again = batch.grade(lesson, root, pool)
    assert again.now == 0
    assert again.records == summary.records
    found = {record.student.split("-", 1)[1]: record for record in summary.records if "-honest" not in record.student}
    found |= {record.student: record for record in summary.records if "-honest" in record.student}
    return Class(root, found, before, fingerprints(*watched), honest)


@pytest.mark.parametrize("bad", list(ALL))
def test_bad_submission_gets_what_it_must(bad, graded_class):
    expected, record = ALL[bad], graded_class.records[bad]
    lowest, highest = expected.points if isinstance(expected.points, tuple) else (expected.points, expected.points)
    told = [record.reason, *record.notes, *(flag.reason for flag in record.flags), *messages(graded_class, record)]
    assert record.status == expected.status, told
    assert lowest <= record.points <= highest, told
    if expected.flagged is not None:
        assert bool(record.flags) == expected.flagged, told
    assert expected.says in "\n".join(told)
    if record.status == "failed":
        assert len(record.reason) < 300
        assert "Traceback" not in record.reason


def messages(graded_class: Class, record: Record) -> list[str]:
    """What the tests said."""
    path = graded_class.root / "autograded" / record.student / LESSON / f"{LESSON}.ipynb"
    if not path.exists():
        return []
    cells = nbformat.read(path, as_version=4).cells
    return [failure_message(cell) for cell in cells if any(o.output_type == "error" for o in cell.get("outputs", []))]


def test_honest_submissions_lose_nothing(graded_class):
    for student in graded_class.honest:
        record = graded_class.records[student]
        assert (record.status, record.points, record.max_points) == ("graded", FULL, FULL), record
        assert record.flags == ()
        assert record.notes == ()
        assert record.needs_manual == ("why_precise",)


def test_no_submission_changed_another_one_or_the_solutions(graded_class):
    assert graded_class.files_before == graded_class.files_after


def test_gradebook_is_whole(graded_class):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded_class.root / 'gradebook.db'}") as gradebook:
        scores = {s.student.id: s.score for s in gradebook.assignment_submissions(LESSON)}
    graded = {r.student: r.points for r in records.load(graded_class.root, LESSON).values() if r.status == "graded"}
    assert scores == graded


def test_nothing_is_left_running(graded_class):
    mine = psutil.Process(os.getpid()).children(recursive=True)
    assert [process for process in mine if "fork_server" in " ".join(process.cmdline())] == []


def test_autograded_notebooks_hold_nothing_that_a_browser_runs(graded_class):
    """What the formgrader shows to an instructor: of a student's cells only text and PNG pictures."""
    for path in (graded_class.root / "autograded").rglob("*.ipynb"):
        assert path.stat().st_size < 12_000_000
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            kinds = {kind for output in cell.get("outputs", []) for kind in output.get("data", {})}
            assert kinds <= {"text/plain", "image/png"}
            if cell["cell_type"] == "markdown":
                text = "".join(cell["source"])
                assert "<script" not in text
                assert "javascript:" not in text.lower()
