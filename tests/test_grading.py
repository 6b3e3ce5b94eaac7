"""Grading a class: what passes between the two processes, mending, the sandbox, and runs that are killed."""

from __future__ import annotations

import copy
import json
import math
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter, OrderedDict
from contextlib import closing
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from course_lib.authoring import serialise
from course_lib.errors import CourseError
from course_lib.grading import batch, records, sandbox
from course_lib.grading.collect import Found, Student
from course_lib.grading.grader import Grader, Outcome, Settings, _own_memory
from course_lib.grading.mend import harmless_markdown, mend, quick_to_show
from course_lib.grading.values import NotData, Opaque, containers, decode, encode, write_back
from tests.submissions import FULL, LESSON, add_code, solution
from tests.test_submissions import why_no_sandbox

needs_sandbox = pytest.mark.skipif(bool(why_no_sandbox()), reason=why_no_sandbox())

VALUES = [
    None, True, 0, -3, 2**80, 1.5, -0.0, math.inf, 2 + 3j, "", "é\n\0", b"\x00\xff", bytearray(b"ab"),
    [1, [2, (3, {"a": {4, 5}})]], (), frozenset({"x"}), {1: "one", "two": None, (3, 4): [5]}, range(2, 9, 3),
    Counter("aab"), OrderedDict(b=1, a=2), Fraction(1, 3), Decimal("0.10"), np.float64(0.1), np.int8(-3), np.str_("text"), np.bool_(True),
]  # fmt: skip
ARRAYS = [np.arange(6.0).reshape(2, 3), np.array([]), np.zeros((0, 4), dtype=np.int32), np.array(["a", "bcd"])]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_arrive_as_they_are(value):
    got = decode(encode(value))
    assert type(got) is type(value)
    assert got == value
    assert repr(got) == repr(value)  # also the sign of zero, and the order of a dictionary


@pytest.mark.parametrize("array", ARRAYS, ids=repr)
def test_arrays_arrive_as_they_are(array):
    got = decode(encode(array))
    assert (type(got), got.dtype, got.shape) == (np.ndarray, array.dtype, array.shape)
    assert np.array_equal(got, array)


def test_tensors_arrive_as_they_are():
    for tensor in (
        torch.tensor([[1.5, 2.0]], requires_grad=True),
        torch.arange(3),
        torch.tensor(True),
        torch.ones(2).bfloat16(),
    ):
        got = decode(encode(tensor))
        assert (got.dtype, got.shape, got.requires_grad) == (tensor.dtype, tensor.shape, tensor.requires_grad)
        assert torch.equal(got, tensor)


class EqualsAll(list):
    def __eq__(self, other):
        return True

    __hash__ = None


def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [EqualsAll(), lambda: 1, object(), (n for n in ()), int, np.array([object()])], ids=str
)
def test_what_is_not_plain_data_equals_nothing(value):
    got = decode(encode(value))
    assert isinstance(got, Opaque)
    assert got != value
    assert got.equals_all is isinstance(value, EqualsAll)


def test_deep_and_circular_values_end():
    circle = []
    circle.append(circle)
    for value in (circle, deep(5000)):
        assert isinstance(decode(encode(value)), list)


@pytest.mark.parametrize(
    "text",
    [
        "", "nonsense", "[", "[[]]", '["unknown", 1]', '["int", "nonsense"]', '["known", 0]', '["list", 3]', '["dict", [[["list", []], 1]]]',
        '["array", "|O", [1], "AAAAAAAAAAA="]', '["array", "<f8", [1000000000000], ""]', '["array", "<f8", [-1], ""]', '["array", "<f8", [1], "AAAA"]',
        '["array", "V8", [1], "AAAAAAAAAAA="]', '["Tensor", "load", false, "<f8", [0], ""]', '["Tensor", "float64", false]', '["range", "0", "1", "0"]',
        "[" * 100_000, '{"a": 1}', "1.5",
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_what_is_no_value_is_refused(text):
    with pytest.raises(NotData):
        decode(text)


def test_an_argument_that_comes_back_is_the_argument():
    rows = [{"a": 1}, {"b": [2]}]
    known = {id(part): n for n, part in enumerate(containers((rows,)))}
    got = decode(encode((rows, rows[1]["b"], list(rows)), known), list(containers((rows,))))
    assert got[0] is rows
    assert got[1] is rows[1]["b"]
    assert got[2] is not rows
    assert got[2][0] is rows[0]


def test_changes_are_written_back_in_place():
    array, inner, tensor = np.zeros(2), {"b": [2]}, torch.zeros(2)
    args = ([array, inner, 3], {"t": tensor})
    changed = decode(encode(args))
    changed[0][0][1] = 7.0
    changed[0][1]["b"].append(5)
    changed[0][1]["c"] = 1
    changed[0][2] = 4
    changed[1]["t"] += 1
    write_back(args, changed)
    assert array.tolist() == [0.0, 7.0]
    assert inner == {"b": [2, 5], "c": 1}
    assert args[0][0] is array
    assert args[0][1] is inner
    assert args[0][2] == 4
    assert tensor.tolist() == [1.0, 1.0]


# Mending


def mended(lesson, notebook):
    import nbformat

    return mend(json.dumps(notebook).encode(), nbformat.from_dict(lesson.source), nbformat.from_dict(lesson.release))


def test_mending_an_orderly_notebook_changes_only_tests(lesson, solved):
    result = mended(lesson, solved)
    assert result.notes == []
    source = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell
        for cell in lesson.source["cells"]
        if "nbgrader" in cell["metadata"]
    }
    assert len(result.notebook.cells) == len(solved.cells)
    for got, given in zip(result.notebook.cells, solved.cells, strict=True):
        info = given.metadata.get("nbgrader")
        if info and info.locked:
            assert got.source == source[info.grade_id]["source"]
        elif given.cell_type == "code":
            assert got.source == given.source.strip("\n") or got.source == given.source


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("<script>alert(1)</script>", "<script"), ("[x](javascript:alert(1))", "javascript:"), ("[x](JaVaScRiPt:alert(1))", "javascript:"),
        ("[x](java&#115;cript:alert(1))", "&#115;"), ("![x](https://example.org/p.png)", "!["), ("![x][1]\n\n[1]: https://example.org/p.png", "!["),
        ("<img src=x onerror=alert(1)>", "<img"), ("[x](&Tab;javascript:alert(1))", "(&Tab;"), ("[x](data:text/html;base64,PHN=)", "data:"),
    ],
)  # fmt: skip
def test_markdown_is_made_harmless(text, gone):
    assert gone.lower() not in harmless_markdown(text).lower()


@pytest.mark.parametrize(
    "text", ["A **plain** answer: a > b & c, see [lesson](https://example.org), `x = 1`.", "| a | b |\n|---|---|"]
)
def test_plain_markdown_stays(text):
    assert harmless_markdown(text) == text


def test_pages_are_quick_to_make(lesson, solved):
    """Highlighting and Markdown take time with the square of some texts."""
    from nbconvert.filters import Highlight2HTML

    slow = copy.deepcopy(solved)
    slow.cells.append(new_markdown_cell("a" + " " * 100_000 + "b"))
    slow.cells.append(new_markdown_cell("> " * 3000 + "deep"))
    began = time.monotonic()
    shown = mended(lesson, slow).notebook.cells[-2]
    for text in (" \n" * 100_000, "a." * 100_000):
        Highlight2HTML()(quick_to_show(text))
    assert time.monotonic() - began < 30
    assert len(shown.source) < 30_000


# The sandbox


def test_memory_in_files_that_are_nowhere_counts():
    before = _own_memory(os.getpid())
    descriptor = os.memfd_create("x")
    os.write(descriptor, bytes(30 * 2**20))
    after = _own_memory(os.getpid())
    os.close(descriptor)
    assert after - before > 25 * 2**20


def test_without_bubblewrap_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(CourseError, match="apt install bubblewrap"):
        sandbox.command()


@needs_sandbox
def test_where_namespaces_cannot_be_nested_each_submission_gets_a_sandbox_of_its_own(lesson, solved):
    """Some systems let only bubblewrap itself make namespaces: then the server is not used twice."""
    looks = copy.deepcopy(solved)
    add_code(looks, None, "import os\nopen('left', 'w').write('here')")
    solution(looks, "my_prompt").source = "import os\ndef my_prompt(message):\n    return 1"
    finds = copy.deepcopy(solved)
    add_code(finds, None, "import os\nassert os.listdir() == [], os.listdir()")
    with closing(Grader(lesson, Settings())) as grader:
        grader.students.isolates = False
        servers, found = {grader.students.process.pid}, []
        for notebook in (looks, finds):
            outcome = grader.grade(serialise(notebook).encode())
            grader.students.isolates = False
            servers.add(grader.students.process.pid)
            found.append(
                [
                    o
                    for cell in outcome.notebook["cells"]
                    for o in cell.get("outputs", [])
                    if o["output_type"] == "error"
                ]
            )
    assert len(servers) == 3
    assert found[0]
    assert found[1] == []


# Runs that are killed


class Canned(batch.Pool):
    """Outcomes that were made before: what is tested here is what happens to them."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def outcomes(self, waiting):
        for each in waiting:
            time.sleep(0.02)
            yield each, batch._digest(each), self.outcome if each.path else Outcome(each.problem)


def a_class(root: Path, students: int, notebook: NotebookNode) -> None:
    """Students who have all handed in ``notebook``, but the first one an empty file."""
    for number in range(students):
        folder = root / "submitted" / f"student-{number}" / LESSON
        folder.mkdir(parents=True)
        (folder / f"{LESSON}.ipynb").write_text(serialise(notebook) if number else "", encoding="utf-8")
        (folder / "timestamp.txt").write_text(f"2026-11-2{number} 10:00:00 UTC", encoding="utf-8")


def all_that_counts(root: Path) -> dict:
    """The gradebook's content, without ids that are drawn at random, and the other results."""
    with closing(sqlite3.connect(root / "gradebook.db")) as book:
        assert book.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        grades = book.execute(
            "SELECT submitted_assignment.student_id, submitted_assignment.timestamp, base_cell.name, grade.auto_score, grade.manual_score, "
            "grade.needs_manual_grade FROM grade JOIN base_cell ON grade.cell_id = base_cell.id JOIN submitted_notebook ON "
            "grade.notebook_id = submitted_notebook.id JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id"
        ).fetchall()
        counts = {
            table: book.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in (
                "student",
                "submitted_assignment",
                "submitted_notebook",
                "grade",
                "comment",
                "base_cell",
                "notebook",
            )
        }
    files = {
        str(p.relative_to(root)): p.read_bytes()
        for f in ("autograded", "grading")
        for p in (root / f).rglob("*")
        if p.is_file()
    }
    return {"grades": sorted(grades, key=str), "counts": counts, "files": files, "records": records.load(root, LESSON)}


def test_a_run_that_is_killed_at_any_moment_and_run_again_ends_like_an_unbroken_one(lesson, solved, tmp_path):
    with closing(Grader(lesson, Settings(sandbox=not why_no_sandbox()))) as grader:
        canned = Canned(grader.grade(serialise(solved).encode()))
    unbroken = tmp_path / "unbroken"
    a_class(unbroken, 4, solved)
    began = time.monotonic()
    batch.grade(lesson, unbroken, canned)
    took, expected = time.monotonic() - began, all_that_counts(unbroken)
    assert [record.status for record in expected["records"].values()] == ["failed", "graded", "graded", "graded"]

    draw, killed = random.Random(7), 0
    for number in range(20):
        root = tmp_path / str(number)
        a_class(root, 4, solved)
        run = multiprocessing.get_context("fork").Process(target=batch.grade, args=(lesson, root, canned))
        run.start()
        time.sleep(draw.uniform(0.02, took))
        os.kill(run.pid, signal.SIGKILL)
        run.join()
        killed += run.exitcode == -signal.SIGKILL
        batch.grade(lesson, root, canned)
        assert all_that_counts(root) == expected, f"moment {number}"
    assert killed >= 15  # else the moments were not within the run


@needs_sandbox
def test_the_command_killed_leaves_no_process_and_goes_on(solved, tmp_path):
    a_class(tmp_path, 4, solved)
    command = [str(Path(sys.executable).with_name("course")), "grade", "2", "--root", str(tmp_path), "--workers", "1"]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ends = time.monotonic() + 120
    while len(list((tmp_path / "grading").rglob("*.json"))) < 2 and time.monotonic() < ends:
        time.sleep(0.02)
    started = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run.wait()
    done = set((tmp_path / "grading").rglob("*.json"))
    assert 2 <= len(done) < 4
    assert len(started) > 3
    _, alive = psutil.wait_procs(started, timeout=20)
    assert [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 1  # the empty notebook
    assert "The file is empty" in again.stdout or "empty" in again.stdout
    assert "1 could not be graded" in again.stderr
    assert [r.points for r in records.load(tmp_path, LESSON).values()] == [0, FULL, FULL, FULL]


def test_a_second_run_at_the_same_time_is_refused(tmp_path):
    with batch.only_run(tmp_path), pytest.raises(CourseError, match="at work"), batch.only_run(tmp_path):
        pass


def test_only_what_is_new_or_changed_is_graded(lesson, solved, tmp_path):
    a_class(tmp_path, 3, solved)
    canned = Canned(Outcome(problem="x"))
    looked_at = []
    run = lambda: batch.grade(lesson, tmp_path, canned, on_done=lambda record, *_: looked_at.append(record.student))  # noqa: E731
    run()
    run()
    path = tmp_path / "submitted" / "student-1" / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    run()
    assert looked_at == ["student-0", "student-1", "student-2", "student-1"]


def test_missing_students_are_named(lesson, solved, tmp_path):
    a_class(tmp_path, 1, solved)
    roster = {name: Student(name) for name in ("zoë", "bea", "student-0")}
    damaged = Found("bea", None, "The file in the zip is damaged.")
    for unreadable in ([damaged], []):  # a later run without the zip still knows
        summary = batch.grade(lesson, tmp_path, Canned(Outcome(problem="x")), roster=roster, unreadable=unreadable)
        assert summary.missing == ("zoë",)
        assert [(r.student, r.status, r.reason) for r in summary.records if r.student == "bea"] == [
            ("bea", "failed", "The file in the zip is damaged.")
        ]


@needs_sandbox
def test_stopped_by_hand_it_stops_at_once(solved, tmp_path):
    a_class(tmp_path, 3, solved)
    endless = copy.deepcopy(solved)
    add_code(endless, "setup", "while True: pass")
    for folder in (tmp_path / "submitted").iterdir():
        (folder / LESSON / f"{LESSON}.ipynb").write_text(serialise(endless), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("course")), "grade", "2", "--root", str(tmp_path)]
    run = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    ends = time.monotonic() + 60
    while len(psutil.Process(run.pid).children(recursive=True)) < 8 and time.monotonic() < ends:
        time.sleep(0.1)
    time.sleep(3)
    os.killpg(run.pid, signal.SIGINT)
    _, words = run.communicate(timeout=20)  # a cell alone may take 60 seconds
    assert run.returncode == 130
    assert "Stopped. Nothing was left half done" in words
    assert "Traceback" not in words
