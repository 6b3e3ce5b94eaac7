"""Grades for the school's system: one plain table of every state, and the files that Canvas and Moodle import.

A score is final once no answer waits for a person and no cell is flagged. Canvas and Moodle get final scores only
(``partial=True`` lets the others through); the plain table says of every student how things stand.
"""

from __future__ import annotations

import csv
import io
import math
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from course_lib.errors import CourseError

if TYPE_CHECKING:
    from nbgrader.api import Gradebook, SubmittedAssignment

    from course_lib.grading.collect import Student
    from course_lib.grading.records import Record

CSV_COLUMNS = (
    "student_id",
    "last_name",
    "first_name",
    "email",
    "lesson",
    "score",
    "max_score",
    "missing",
    "late_hours",
    "needs_manual",
    "flagged",
    "failed",
)
CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


@dataclass(frozen=True)
class Row:
    """How one student stands in one lesson.

    ``score`` and ``max_score`` are points, marks by hand included and a penalty for lateness taken off; ``score`` is
    None where there is nothing to score. ``needs_manual`` counts answers that wait for a person, ``flagged`` tests
    that the judge has flagged and nobody has decided yet, and ``failed`` says why the notebook could not be graded.
    """

    student: Student
    lesson: str
    score: float | None
    max_score: float
    missing: bool
    late: timedelta
    needs_manual: int
    flagged: int
    failed: str


def rows(
    gradebook: Gradebook,
    lessons: Sequence[str],
    roster: Mapping[str, Student],
    records: Mapping[tuple[str, str], Record],
) -> list[Row]:
    """A row for each student and lesson: the class list's students in its order, then whoever else has been seen.

    Score, lateness and waiting answers are the gradebook's
    (https://nbgrader.readthedocs.io/en/stable/api/gradebook.html), flags and failures those of ``records``, by student
    and lesson. Raises CourseError for a lesson that is not in the gradebook.
    """
    from nbgrader.api import MissingEntry

    from course_lib.grading.collect import Student

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own use of SQLAlchemy
        known = {student.id: student for student in gradebook.students}
        students = dict(roster)
        for name in sorted(
            (known.keys() | {student for student, lesson in records if lesson in lessons}) - roster.keys()
        ):
            first, last, email = (getattr(known.get(name), k, None) or "" for k in ("first_name", "last_name", "email"))
            students[name] = Student(
                student_id=name,
                first_name=first,
                last_name=last,
                email=email,
                moodle_id="",
                canvas_id="",
                sis_user_id="",
                sis_login_id="",
                section="",
            )
        found = {}
        for lesson in lessons:
            try:
                max_score = float(gradebook.find_assignment(lesson).max_score)
            except MissingEntry:
                raise CourseError(f"The gradebook has no lesson {lesson}: grade it first, then export.") from None
            waiting = _waiting(gradebook, lesson)
            submitted = {s.student_id: s for s in gradebook.assignment_submissions(lesson)}
            for name, student in students.items():
                found[name, lesson] = _row(
                    student, lesson, max_score, submitted.get(name), waiting[name], records.get((name, lesson))
                )
    return [found[name, lesson] for name in students for lesson in lessons]


def _waiting(gradebook: Gradebook, lesson: str) -> dict[str, set[str]]:
    """Each student's cells that wait for a person: one query, since a class has thousands of grades."""
    from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook

    query = (
        gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .filter(Assignment.name == lesson, Grade.needs_manual_grade)
    )
    waiting: dict[str, set[str]] = defaultdict(set)
    for student, cell in query:
        waiting[student].add(cell)
    return waiting


def _row(
    student: Student,
    lesson: str,
    max_score: float,
    submission: SubmittedAssignment | None,
    waiting: set[str],
    record: Record | None,
) -> Row:
    failed = record.reason or "no reason given" if record and record.status == "failed" else ""
    if record and not submission and not failed:
        failed = "It was graded, but its grade is not in the gradebook: grade it again."
    flagged = {flag.cell for flag in record.flags} if record else set()
    score, late = None, 0.0
    if submission:
        # nbgrader cannot add an extension to a due date that is not there.
        late = submission.total_seconds_late if submission.assignment.duedate else 0.0
        if not failed:  # the penalty comes off as in nbgrader's own export, never below zero
            score = max(0.0, submission.score - submission.late_submission_penalty)
    return Row(
        student=student,
        lesson=lesson,
        score=score,
        max_score=max_score,
        missing=not submission and not record,
        late=timedelta(seconds=late),
        needs_manual=0 if failed else len(waiting - flagged),
        flagged=len(waiting & flagged),
        failed=failed,
    )


def as_csv(rows: Iterable[Row]) -> str:
    """One line for each student and lesson, with every state; ``score`` is empty where there is none, never 0.

    Text that a spreadsheet would run as a formula gets a leading ' (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    lines = [
        [
            *map(_plain, (r.student.student_id, r.student.last_name, r.student.first_name, r.student.email, r.lesson)),
            "" if r.score is None else _number(r.score),
            _number(r.max_score),
            "yes" if r.missing else "no",
            _number(r.late.total_seconds() / 3600),
            r.needs_manual,
            r.flagged,
            _plain(r.failed),
        ]
        for r in rows
    ]
    return _text([CSV_COLUMNS, *lines])


def as_canvas(rows: Iterable[Row], *, partial: bool = False) -> str:
    """Canvas's gradebook import: the students' columns, one for each lesson, and the line "Points Possible"
    (https://community.canvaslms.com/t5/Instructor-Guide/How-do-I-import-grades-in-the-Gradebook/ta-p/807).

    There is no column for a state: Canvas offers every heading that it does not know as a new assignment, and ignores
    only its own totals. So write ``as_csv`` beside this file; it says who is missing, late, waiting or flagged.

    A blank cell is not harmless. In Canvas's importer (``lib/gradebook_importer.rb`` in
    https://github.com/instructure/canvas-lms) it is a change that takes back a grade, or an "excused", which stands
    there; a student who is not in the file is left alone. So students without a score to import are left out, and to
    be quite safe export one lesson at a time: only then has no student a blank cell. Canvas shows every change
    before it saves.

    Raises CourseError, since Canvas would go by the name alone, for a student without a number of their own in
    ``canvas_id`` or, if that is empty, an own ``sis_user_id`` or ``sis_login_id``.
    """
    lessons, by_student = _by_student(rows)
    importable = [of for of in by_student if any(_settled(row, partial) for row in of.values())]
    students = [_who(of) for of in importable]
    # Canvas reads "12a" as 12: a number that is none must not reach it.
    numbers = [s.canvas_id if s.canvas_id.isascii() and s.canvas_id.isdigit() else "" for s in students]
    keys = [n if s.canvas_id else s.sis_user_id or s.sis_login_id for s, n in zip(students, numbers, strict=True)]
    if bad := _not_telling(students, keys):
        raise CourseError(
            f"Canvas cannot tell who {', '.join(bad)} is: give each a number of their own in the class list's column "
            "canvas_id (or fill sis_user_id or sis_login_id)."
        )
    points = {row.lesson: _number(row.max_score) for of in by_student for row in of.values()}
    lines = [
        [
            _plain(", ".join(filter(None, (s.last_name, s.first_name))) or s.student_id),
            s.canvas_id,
            s.sis_user_id,
            s.sis_login_id,
            _plain(s.section),
            *(_score(of.get(lesson), partial, "") for lesson in lessons),
        ]
        for s, of in zip(students, importable, strict=True)
    ]
    return _text(
        [
            [*CANVAS_COLUMNS, *lessons],
            ["Points Possible", *[""] * (len(CANVAS_COLUMNS) - 1), *(points[lesson] for lesson in lessons)],
            *lines,
        ]
    )


def as_moodle(rows: Iterable[Row], *, partial: bool = False) -> str:
    """Moodle's grade import (https://docs.moodle.org/en/Grade_import): who it is, then for each lesson a column with
    the points and one with the state in words, to be mapped to the grade item's grade and feedback.

    Students are known by ``moodle_id`` ("ID number") if all have one, else by ``email``. Where there is no score to
    import the grade is "-", Moodle's sign for no grade. An empty cell would mean the same to an existing grade item,
    but 0 in a new one (``grade/import/csv/classes/load_data.php`` and the database layer's ``normalise_value`` in
    https://github.com/moodle/moodle). Either takes back a grade that stands there. Students see the feedback, and it
    replaces what stood there; leave its column unmapped to keep that. Make the grade items beforehand: feedback
    cannot be mapped to a new one.

    Raises CourseError for students who have neither: Moodle gives a line without a user to the student before. Those
    of them who handed in nothing are left out.
    """
    lessons, by_student = _by_student(rows)
    named = [of for of in by_student if _who(of).moodle_id or _who(of).email or not all(r.missing for r in of.values())]
    students = [_who(of) for of in named]
    heading, values = "ID number", [student.moodle_id for student in students]
    if _not_telling(students, values):
        heading, values = "Email address", [student.email for student in students]
    if bad := _not_telling(students, values):
        raise CourseError(
            f"Moodle cannot tell who {', '.join(bad)} is: give each an address of their own in the class list's column "
            "email, or fill moodle_id for everybody."
        )
    header = [heading, "First name", "Last name"]
    for lesson in lessons:
        header += [lesson, f"{lesson} (Feedback)"]
    lines = []
    for student, value, of in zip(students, values, named, strict=True):
        line = [value, _plain(student.first_name), _plain(student.last_name)]
        for lesson in lessons:
            line += [_score(of.get(lesson), partial, "-"), _state(of[lesson]) if lesson in of else ""]
        lines.append(line)
    return _text([header, *lines])


def _by_student(rows: Iterable[Row]) -> tuple[list[str], list[dict[str, Row]]]:
    """The lessons, and each student's rows by lesson, both in the order in which they come."""
    lessons: dict[str, None] = {}
    by_student: dict[str, dict[str, Row]] = {}
    for row in rows:
        lessons[row.lesson] = None
        by_student.setdefault(row.student.student_id, {})[row.lesson] = row
    return list(lessons), list(by_student.values())


def _who(of: Mapping[str, Row]) -> Student:
    return next(iter(of.values())).student


def _not_telling(students: Sequence[Student], values: Sequence[str]) -> list[str]:
    """The ids of the students whose value is empty or somebody else's as well."""
    times = Counter(values)
    return [s.student_id for s, value in zip(students, values, strict=True) if not value or times[value] > 1]


def _settled(row: Row, partial: bool) -> bool:
    return row.score is not None and (partial or not (row.needs_manual or row.flagged))


def _score(row: Row | None, partial: bool, otherwise: str) -> str:
    return _number(row.score) if row and _settled(row, partial) else otherwise


def _state(row: Row) -> str:
    """What a score alone does not say, in words for the student; "" if there is nothing to say."""
    minutes = row.late.total_seconds() / 60
    words = {
        "missing": row.missing,
        f"could not be graded: {row.failed}": row.failed,
        f"late by {math.ceil(minutes)} min": 0 < minutes < 60,
        f"late by {minutes / 60:.0f} h": minutes >= 60,
        "1 answer waits for a person": row.needs_manual == 1,
        f"{row.needs_manual} answers wait for a person": row.needs_manual > 1,
        "flagged: a person will look at it": row.flagged,
    }
    return "; ".join(word for word, applies in words.items() if applies)


def _number(value: float) -> str:
    """Points or hours without a needless .0; four decimals, with a point whatever the locale."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def _text(lines: Iterable[Sequence[object]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(lines)
    return file.getvalue()
