"""What leaves for the school's system: each state is said, nothing unfinished counts, and nobody gets another's grade."""

from __future__ import annotations

import csv
import io
import shutil
import warnings
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from nbgrader.api import Gradebook

from course_lib.errors import CourseError
from course_lib.grading import export
from course_lib.grading.collect import Student
from course_lib.grading.records import Flag, Record
from course_lib.lessons import use_own_scripts

FIRST, SECOND = LESSONS = ["01_first", "02_second"]
DUE = datetime(2026, 11, 26, 10)
# ada: fully marked. bea: an answer waits. cem: missing in the second lesson. dov: late. eve: flagged. fay: failed.
NAMES = {
    "ada": ("Ada", "Müller, Dr."),
    "bea": ('Bea "Bee"', "Two\nLines"),
    "cem": ("Cem", "=HYPERLINK(1)"),
    "dov": ("Dov", "+1"),
    "eve": ("Eve", "O'Hara"),
    "fay": ("Fay", "Zoë"),
}


def student(name: str, number: int) -> Student:
    first, last = NAMES[name]
    return Student(
        student_id=name,
        first_name=first,
        last_name=last,
        email=f"{name}@example.org",
        moodle_id=f"m{number}",
        canvas_id=str(number),
        sis_user_id="",
        sis_login_id=name,
        section="A",
    )


def record(name: str, lesson: str, **changes) -> Record:
    values = {
        "student": name,
        "lesson": lesson,
        "status": "graded",
        "reason": "",
        "points": 2.0,
        "max_points": 2.0,
        "needs_manual": (),
        "flags": (),
        "notes": (),
        "submitted": "",
        "digest": "",
        "release": "",
    }
    return Record(**(values | changes))


@pytest.fixture
def roster():
    return {name: student(name, number) for number, name in enumerate(NAMES, start=11)}


@pytest.fixture(scope="module")
def gradebook_file(tmp_path_factory):
    """Two lessons of one test (2 points) and one written answer (3 points) each; ``gus`` is in no class list."""
    use_own_scripts()
    path = tmp_path_factory.mktemp("grades") / "gradebook.db"
    with warnings.catch_warnings(), Gradebook(f"sqlite:///{path}") as book:
        warnings.simplefilter("ignore")  # nbgrader's own use of SQLAlchemy
        for lesson in LESSONS:
            book.add_assignment(lesson, duedate=str(DUE))
            book.add_notebook(lesson, lesson)
            book.add_grade_cell("test_it", lesson, lesson, max_score=2, cell_type="code")
            book.add_grade_cell("why", lesson, lesson, max_score=3, cell_type="markdown")
        for name in [*NAMES, "gus"]:
            book.add_student(name, first_name="Gus" if name == "gus" else None)
            for lesson in LESSONS:
                if (name, lesson) in (("cem", SECOND), ("fay", SECOND)):
                    continue
                late = timedelta(hours=3) if (name, lesson) == ("dov", SECOND) else timedelta(0)
                book.add_submission(lesson, name, timestamp=str(DUE + late))
                for cell, points in (("test_it", 2), ("why", None)):
                    grade = book.find_grade(cell, lesson, lesson, name)
                    grade.auto_score, grade.needs_manual_grade = points, False
                    if cell == "why" and (name, lesson) == ("bea", SECOND):
                        grade.needs_manual_grade = True
                    elif cell == "why":
                        grade.manual_score = 2.25
                    elif (name, lesson) == ("eve", SECOND):
                        grade.needs_manual_grade = True
        book.db.commit()
    return path


@pytest.fixture
def gradebook(gradebook_file, tmp_path):
    """A copy that a test may change."""
    shutil.copy(gradebook_file, tmp_path)
    with Gradebook(f"sqlite:///{tmp_path / gradebook_file.name}") as book:
        yield book


@pytest.fixture
def records():
    found = {(name, lesson): record(name, lesson) for name in [*NAMES, "gus"] for lesson in LESSONS}
    del found["cem", SECOND]
    found["bea", SECOND] = record("bea", SECOND, needs_manual=("why",))
    # A person has marked this answer since: the gradebook knows, the record does not.
    found["ada", SECOND] = record("ada", SECOND, needs_manual=("why",))
    found["eve", SECOND] = record("eve", SECOND, flags=(Flag(cell="test_it", reason="It wrote to stderr."),))
    found["fay", SECOND] = record("fay", SECOND, status="failed", reason="The file is empty.")
    return found


@pytest.fixture
def found(gradebook, roster, records):
    return export.rows(gradebook, LESSONS, roster, records)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def second(found: list[export.Row]) -> dict[str, export.Row]:
    return {row.student.student_id: row for row in found if row.lesson == SECOND}


def test_a_flag_is_settled_when_a_person_has_decided(gradebook, roster, records):
    grade = gradebook.find_grade("test_it", SECOND, SECOND, "eve")
    grade.manual_score, grade.needs_manual_grade = 1, False
    row = second(export.rows(gradebook, LESSONS, roster, records))["eve"]
    assert (row.flagged, row.needs_manual, row.score) == (0, 0, 3.25)
    assert "flagged" not in export.as_moodle([row])


def test_every_student_and_lesson_once(found):
    assert [(r.student.student_id, r.lesson) for r in found] == [(s, x) for s in [*NAMES, "gus"] for x in LESSONS]
    assert {r.max_score for r in found} == {5.0}


def test_states(found):
    rows = second(found)
    assert {name: row.score for name, row in rows.items()} == {
        "ada": 4.25,
        "bea": 2.0,
        "cem": None,
        "dov": 4.25,
        "eve": 4.25,
        "fay": None,
        "gus": 4.25,
    }
    assert [name for name, row in rows.items() if row.missing] == ["cem"]
    assert {name: row.needs_manual for name, row in rows.items() if row.needs_manual} == {"bea": 1}
    assert {name: row.late for name, row in rows.items() if row.late} == {"dov": timedelta(hours=3)}
    assert {name: row.flagged for name, row in rows.items() if row.flagged} == {"eve": 1}
    assert {name: row.failed for name, row in rows.items() if row.failed} == {"fay": "The file is empty."}
    assert rows["gus"].student.first_name == "Gus"


def test_a_penalty_for_lateness_comes_off(gradebook, roster, records):
    notebook = gradebook.find_submission_notebook(SECOND, SECOND, "dov")
    notebook.late_submission_penalty = 1.0
    gradebook.db.commit()
    assert second(export.rows(gradebook, LESSONS, roster, records))["dov"].score == 3.25
    notebook.late_submission_penalty = 99.0
    gradebook.db.commit()
    assert second(export.rows(gradebook, LESSONS, roster, records))["dov"].score == 0


def test_an_extension_without_a_due_date(gradebook, roster, records):
    gradebook.find_assignment(SECOND).duedate = None
    gradebook.find_submission(SECOND, "dov").extension = timedelta(days=1)
    gradebook.db.commit()
    assert not second(export.rows(gradebook, LESSONS, roster, records))["dov"].late


def test_a_student_known_by_a_record_only(gradebook, roster, records):
    records["hal", SECOND] = record("hal", SECOND, status="failed", reason="No notebook.")
    row = second(export.rows(gradebook, LESSONS, roster, records))["hal"]
    assert (row.score, row.missing, row.failed) == (None, False, "No notebook.")


def test_a_grade_that_was_lost_is_neither_missing_nor_zero(gradebook, roster, records):
    records["cem", SECOND] = record("cem", SECOND)
    row = second(export.rows(gradebook, LESSONS, roster, records))["cem"]
    assert (row.score, row.missing) == (None, False)
    assert "grade it again" in row.failed


def test_a_lesson_that_was_never_graded(gradebook, roster):
    with pytest.raises(CourseError, match="no lesson 03_third: grade it first"):
        export.rows(gradebook, ["03_third"], roster, {})


def test_csv(found):
    text = export.as_csv(found)
    assert text.splitlines()[0] == (
        "student_id,last_name,first_name,email,lesson,score,max_score,missing,late_hours,needs_manual,flagged,failed"
    )
    lines = {line["student_id"]: line for line in read(text) if line["lesson"] == SECOND}
    assert list(lines) == [*NAMES, "gus"]
    assert lines["ada"]["last_name"] == "Müller, Dr."
    assert (lines["bea"]["first_name"], lines["bea"]["last_name"]) == NAMES["bea"]
    assert lines["cem"]["last_name"] == "'=HYPERLINK(1)"
    assert lines["dov"]["last_name"] == "'+1"
    assert (lines["ada"]["score"], lines["ada"]["max_score"], lines["ada"]["missing"]) == ("4.25", "5", "no")
    assert (lines["bea"]["score"], lines["bea"]["needs_manual"]) == ("2", "1")
    assert (lines["cem"]["score"], lines["cem"]["missing"]) == ("", "yes")
    assert [line["late_hours"] for line in lines.values()] == ["3" if name == "dov" else "0" for name in lines]
    assert (lines["eve"]["score"], lines["eve"]["flagged"]) == ("4.25", "1")
    assert (lines["fay"]["score"], lines["fay"]["failed"]) == ("", "The file is empty.")


def without_gus(found: list[export.Row]) -> list[export.Row]:
    return [row for row in found if row.student.student_id != "gus"]


def test_canvas(found):
    text = export.as_canvas(without_gus(found))
    head, points, *lines = csv.reader(io.StringIO(text, newline=""))
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *LESSONS]
    assert points == ["Points Possible", "", "", "", "", "5", "5"]
    assert lines[0] == ["Müller, Dr., Ada", "11", "", "ada", "A", "4.25", "4.25"]
    assert {line[3]: line[6] for line in lines} == dict.fromkeys(NAMES, "") | {"ada": "4.25", "dov": "4.25"}
    assert lines[2][0] == "'=HYPERLINK(1), Cem"


def test_canvas_leaves_out_whom_a_blank_cell_would_cost_a_grade(found):
    only = [row for row in without_gus(found) if row.lesson == SECOND]
    assert [line["SIS Login ID"] for line in read(export.as_canvas(only))[1:]] == ["ada", "dov"]
    lines = read(export.as_canvas(only, partial=True))[1:]
    assert {line["SIS Login ID"]: line[SECOND] for line in lines} == {
        "ada": "4.25",
        "bea": "2",
        "dov": "4.25",
        "eve": "4.25",
    }


@pytest.mark.parametrize(
    "ids",
    [
        {"canvas_id": "", "sis_login_id": ""},
        {"canvas_id": "12a"},  # Canvas would read 12, which is somebody else
        {"canvas_id": "٣"},
        {"canvas_id": "11"},  # ada's
    ],
)
def test_canvas_needs_to_know_who_it_is(found, ids):
    rows = [replace(r, student=replace(r.student, **ids)) if r.student.student_id == "dov" else r for r in found]
    with pytest.raises(CourseError, match=r"who .*dov.* is: give each a number of their own .* canvas_id"):
        export.as_canvas(without_gus(rows))


def test_canvas_names_students_outside_the_class_list(found):
    with pytest.raises(CourseError, match="who gus is"):
        export.as_canvas(found)


def test_canvas_accepts_an_id_of_the_school(found):
    rows = [replace(row, student=replace(row.student, canvas_id="")) for row in without_gus(found)]
    assert {line["ID"] for line in read(export.as_canvas(rows))} == {""}


def test_moodle(found):
    text = export.as_moodle(without_gus(found))
    lines = read(text)
    assert list(lines[0]) == [
        "ID number",
        "First name",
        "Last name",
        FIRST,
        f"{FIRST} (Feedback)",
        SECOND,
        f"{SECOND} (Feedback)",
    ]
    assert [line["ID number"] for line in lines] == ["m11", "m12", "m13", "m14", "m15", "m16"]
    said = {line["First name"]: (line[SECOND], line[f"{SECOND} (Feedback)"]) for line in lines}
    assert said == {
        "Ada": ("4.25", ""),
        'Bea "Bee"': ("-", "1 answer waits for a person"),
        "Cem": ("-", "missing"),
        "Dov": ("4.25", "late by 3 h"),
        "Eve": ("-", "flagged: a person will look at it"),
        "Fay": ("-", "could not be graded: The file is empty."),
    }
    assert {line[FIRST] for line in lines} == {"4.25"}


def test_moodle_with_partial_scores_still_says_that_they_are(found):
    lines = {line["ID number"]: line for line in read(export.as_moodle(without_gus(found), partial=True))}
    assert (lines["m12"][SECOND], lines["m12"][f"{SECOND} (Feedback)"]) == ("2", "1 answer waits for a person")
    assert lines["m15"][SECOND] == "4.25"
    assert lines["m13"][SECOND] == lines["m16"][SECOND] == "-"


def test_moodle_by_address_where_an_id_number_is_absent(found):
    rows = [
        replace(r, student=replace(r.student, moodle_id="")) if r.student.student_id == "dov" else r
        for r in without_gus(found)
    ]
    assert [line["Email address"] for line in read(export.as_moodle(rows))] == [f"{n}@example.org" for n in NAMES]


def test_moodle_never_gets_a_line_without_a_user(found):
    with pytest.raises(CourseError, match="who gus is: give each an address"):
        export.as_moodle(found)
    shared = [
        replace(r, student=replace(r.student, moodle_id="", email="same@example.org")) for r in without_gus(found)
    ]
    with pytest.raises(CourseError, match="ada, bea, cem"):
        export.as_moodle(shared)
    idle = [replace(r, score=None, missing=True) if r.student.student_id == "gus" else r for r in found]
    assert len(read(export.as_moodle(idle))) == len(NAMES)


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(seconds=1), "late by 1 min"),
        (timedelta(minutes=59), "late by 59 min"),
        (timedelta(hours=30), "late by 30 h"),
    ],
)
def test_lateness_in_words(found, late, words):
    rows = [replace(row, late=late, needs_manual=2) for row in found if row.student.student_id == "ada"]
    feedback = read(export.as_moodle(rows))[0][f"{SECOND} (Feedback)"]
    assert feedback == f"{words}; 2 answers wait for a person"
