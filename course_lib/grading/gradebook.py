"""Put graded notebooks into nbgrader's gradebook, with nbgrader's own autograde step.

The notebooks come with their outputs, from the judge, so nbgrader starts no kernel: it restores and checks the cells,
takes the scores from the outputs, and writes ``autograded/`` and the gradebook, as it always does
(https://nbgrader.readthedocs.io/en/stable/command_line_tools/nbgrader-autograde.html). Only one process writes.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Grade, Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    DeduplicateIds,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from traitlets.config import Config, PyFileConfigLoader

from course_lib.authoring import serialise
from course_lib.errors import CourseError
from course_lib.files import write_atomically
from course_lib.grading.collect import Student
from course_lib.grading.grader import Lesson
from course_lib.grading.records import folder
from course_lib.lessons import ROOT, use_own_scripts


class FlagCells(NbGraderPreprocessor):
    """Marks the tests that the judge has flagged, so that the formgrader asks a person for them."""

    def preprocess(self, nb: Any, resources: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Set ``needs_manual_grade`` for the cells that the notebook's metadata names."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            for grade_id in nb.metadata.get("course", {}).get("flagged", []):
                grade = gradebook.find_grade(grade_id, names["notebook"], names["assignment"], names["student"])
                grade.needs_manual_grade = True
            gradebook.db.commit()
        return nb, resources


class Book:
    """The gradebook of the course in ``root``: its file there, or the database at ``url`` (PostgreSQL, say).

    Raises CourseError if the database cannot be opened.
    """

    def __init__(self, root: Path, url: str = "") -> None:
        use_own_scripts()
        self.root = root
        self.scratch = tempfile.TemporaryDirectory()
        self.config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
        self.config.CourseDirectory.root = str(root)
        self.config.CourseDirectory.db_url = self.url = url or f"sqlite:///{root / 'gradebook.db'}"
        self.config.Autograde.sanitize_preprocessors = [
            DeduplicateIds,
            OverwriteKernelspec,
            OverwriteCells,
            CheckCellMetadata,
        ]
        self.config.Autograde.autograde_preprocessors = [
            LimitOutput,
            SaveAutoGrades,
            FlagCells,
            AssignLatePenalties,
            CheckCellMetadata,
        ]
        warnings.filterwarnings("ignore", module="nbgrader|sqlalchemy")  # nbgrader's own use of SQLAlchemy
        try:
            self.gradebook = Gradebook(self.url)
        except Exception as error:
            raise CourseError(
                f"The gradebook {_without_password(self.url)} cannot be opened: {_first_line(error)}"
            ) from None

    def close(self) -> None:
        """Close the gradebook and remove the scratch folder."""
        self.gradebook.close()
        self.scratch.cleanup()

    def add_students(self, students: Iterable[Student]) -> None:
        """Enter students, or their changed names."""
        for each in students:
            self.gradebook.update_or_create_student(
                each.student_id, first_name=each.first_name, last_name=each.last_name, email=each.email
            )

    def students(self) -> list[str]:
        """The ids of all students that the gradebook knows."""
        return [student.id for student in self.gradebook.students]

    def prepare(self, lesson: Lesson) -> None:
        """Enter the lesson's cells and points, unless they are there already."""
        marker = folder(self.root, lesson.name) / ".release"
        if marker.exists() and marker.read_text() == lesson.digest and self.has(lesson.name):
            return
        scratch = Path(self.scratch.name)
        source = scratch / "solutions" / lesson.name
        source.mkdir(parents=True, exist_ok=True)
        (source / f"{lesson.name}.ipynb").write_text(serialise(nbformat.from_dict(lesson.source)), encoding="utf-8")
        directories = {"source_directory": str(scratch / "solutions"), "release_directory": str(scratch / "notebooks")}
        try:
            self.convert(GenerateAssignment, lesson.name, "*", **directories)
        except CourseError as error:
            raise CourseError(
                f"{lesson.name} does not go into the gradebook. If its graded cells were added, renamed or removed "
                "after the first submission was graded: nbgrader keeps them as they were; change tests within their "
                f"cells only, or start anew with `nbgrader db assignment remove {lesson.name}`. ({error})"
            ) from error
        write_atomically(marker, lesson.digest)

    def has(self, lesson: str) -> bool:
        """Whether the gradebook knows the lesson."""
        try:
            return bool(self.gradebook.find_assignment(lesson).notebooks)
        except MissingEntry:
            return False

    def record(
        self,
        lesson: str,
        student: str,
        notebook: dict[str, Any],
        flagged: Iterable[str] = (),
        files: Mapping[str, bytes] | None = None,
        same_submission: bool = False,
    ) -> None:
        """Let nbgrader take the scores of a notebook that the judge has gone through.

        ``files`` are nbgrader's own beside it (timestamp.txt, submission_secret.txt). A mark by hand stays valid if
        what it was given for has not changed; nbgrader alone would have every one looked at again.
        Raises CourseError with nbgrader's words if it refuses the notebook.
        """
        decided = self._decided(lesson, student, notebook, same_submission)
        scratch = Path(self.scratch.name) / "submitted"
        submission = scratch / student / lesson
        shutil.rmtree(scratch, ignore_errors=True)
        submission.mkdir(parents=True)
        notebook = notebook | {"metadata": notebook["metadata"] | {"course": {"flagged": sorted(set(flagged))}}}
        (submission / f"{lesson}.ipynb").write_text(serialise(notebook), encoding="utf-8")
        for name, content in (files or {}).items():
            (submission / name).write_bytes(content)
        self.convert(Autograde, lesson, student, submitted_directory=str(scratch))
        for grade in self._grades(lesson, student):
            if grade.name in decided:
                grade.needs_manual_grade = False
        self.gradebook.db.commit()

    def _decided(self, lesson: str, student: str, notebook: dict[str, Any], same_submission: bool) -> set[str]:
        """Cells that a person has marked, and that are as they were then."""
        path = self.root / "autograded" / student / lesson / f"{lesson}.ipynb"
        try:
            before = {cell.get("id"): cell["source"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]}
            marked = {g.name for g in self._grades(lesson, student) if g.manual_score is not None} - {
                g.name for g in self._grades(lesson, student) if g.needs_manual_grade
            }
        except (OSError, ValueError, MissingEntry):
            return set()
        now = {cell["id"]: cell for cell in notebook["cells"]}
        return {
            grade_id
            for grade_id in marked & now.keys()
            if same_submission
            or (
                now[grade_id]["cell_type"] == "markdown"
                and _text(before.get(grade_id)) == _text(now[grade_id]["source"])
            )
        }

    def _grades(self, lesson: str, student: str) -> list[Grade]:
        self.gradebook.db.expire_all()
        return self.gradebook.find_submission_notebook(lesson, lesson, student).grades

    def scores(self, lesson: str, student: str) -> tuple[float, float, tuple[str, ...]]:
        """Automatic points, how many there are, and the grade ids that wait for a person."""
        grades = self._grades(lesson, student)
        tests = [grade for grade in grades if grade.cell.cell_type == "code"]
        waiting = tuple(sorted(grade.name for grade in grades if grade.needs_manual_grade))
        return sum(g.auto_score or 0.0 for g in tests), sum(g.max_score for g in tests), waiting

    def convert(self, kind: type, lesson: str, student: str, **directories: str) -> None:
        """Run one of nbgrader's converters, with other directories than the course's.

        Raises CourseError with the words of nbgrader's log if it fails.
        """
        config = Config(self.config)
        config.CourseDirectory.update(directories)
        config.CourseDirectory.assignment_id, config.CourseDirectory.student_id = lesson, student
        converter = kind(coursedir=CourseDirectory(config=config), config=config)
        converter.force = converter.create = True
        log = converter.log = logging.getLogger("course.grading")
        log.propagate, lines = False, _Lines()
        log.handlers = [lines]
        try:
            converter.start()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # nbgrader ends with SystemExit where a submission fails
            words = next((line for line in reversed(lines.kept) if line), _first_line(error))
            raise CourseError(f"nbgrader could not do it: {words}") from error


class _Lines(logging.Handler):
    """Keeps the last errors of nbgrader's log."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        words = (record.getMessage().strip().splitlines() or [""])[-1][:300]
        if "traceback" not in words:  # "please see the above traceback" is no reason
            self.kept = [*self.kept[-5:], words]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]


def _text(source: Any) -> str:
    return "".join(source) if isinstance(source, list) else str(source)


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "at the URL that was given"
