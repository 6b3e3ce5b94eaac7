"""The course command: every problem ends in one clear sentence and exit code 1."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_lib import doctor, lessons
from course_lib.authoring import count_exercises, read_source
from course_lib.lessons import ROOT, graded_cells


def course(*words: str, code: str = "", **environment: str) -> subprocess.CompletedProcess:
    """Run the command as a process of its own; ``code`` runs first, in the same process."""
    script = f"import sys\nsys.argv = ['course', *{list(words)!r}]\n{code}\nfrom course_lib.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | {"COLUMNS": "200"} | environment,
        cwd=ROOT,
    )


def copied_course(tmp_path: Path, solutions: bool = True) -> Path:
    """A copy of the course, as a student or a class has it."""
    names = ["course_lib", "notebooks", "nbgrader_config.py", "requirements.txt"] + (["solutions"] if solutions else [])
    for name in names:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    return tmp_path


def run_copy(folder: Path, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, '.'); sys.argv = ['course', *{list(words)!r}]; "
            "from course_lib.cli import main; main()",
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=os.environ | {"COLUMNS": "200"},
    )


@pytest.mark.parametrize(
    "words", [("model", "path", "nosuch"), ("check", "77"), ("build", "nosuch"), ("model", "fetch", "nosuch")]
)
def test_problems_end_in_a_sentence(words):
    done = course(*words)
    assert done.returncode == 1
    assert done.stderr.startswith("✗ There is no ")
    assert "Traceback" not in done.stdout + done.stderr


def test_an_unforeseen_error_is_no_traceback_either():
    code = "import course_lib.lessons as l\ndef boom(*a): raise RuntimeError('out of [cheese]')\nl.find_lesson = boom"
    done = course("check", "2", code=code)
    assert done.returncode == 1
    assert "RuntimeError: out of [cheese]" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in course("check", "2", code=code, COURSE_DEBUG="1").stderr


def test_importing_does_no_work():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, course_lib, course_lib.cli, course_lib.data, course_lib.scoreboard, course_lib.checks\n"
            "print([m for m in ('torch', 'transformers', 'datasets', 'nbgrader', 'matplotlib', 'scipy') if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_model_list_and_path(tmp_path):
    done = course("model", "list", COURSE_CACHE=str(tmp_path))
    assert done.returncode == 0
    for word in ("smollm2-135m (default)", "smollm2-360m", "qwen2.5-0.5b", "Apache-2.0", "93 MB", "no"):
        assert word in done.stdout
    missing = course("model", "path", COURSE_CACHE=str(tmp_path))
    assert missing.returncode == 1
    assert "run `course model fetch`" in missing.stderr


def test_check_a_half_solved_notebook(tmp_path):
    folder = copied_course(tmp_path)
    path = folder / "notebooks" / "02_prompt_precisely" / "02_prompt_precisely.ipynb"
    notebook, solved = nbformat.read(path, as_version=4), dict(graded_cells(read_source("02_prompt_precisely")))
    cells = dict(graded_cells(notebook))
    cells["build_prompt"].source = solved["build_prompt"].source
    cells["parse_ticket"].source = solved["parse_ticket"].source.replace('replace(" ", "_")', 'replace(" ", "")')
    notebook.cells = [cell for cell in notebook.cells if cell.id != "test_score_tickets"]  # a test was deleted
    nbformat.write(notebook, path)
    before = path.read_bytes()
    done = run_copy(folder, "check", "2")
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == before
    rows = {
        line.split("│")[1].strip(): line.split("│")[2].strip()
        for line in done.stdout.splitlines()
        if line.count("│") == 4
    }
    assert rows["build_prompt"] == "1 / 1"
    assert rows["build_prompt_hidden"] == "2 / 2"
    assert rows["parse_ticket"] == "1 / 1"
    assert rows["parse_ticket_hidden"] == "0 / 2"
    assert rows["score_tickets"] == "0 / 1"  # came back before grading
    assert rows["why_precise"] == "– / 4"
    assert 'read "Order status" as order_status' in " ".join(done.stdout.replace("│", " ").split())
    assert "4 of 18 automatic points. Your notebook was not changed." in done.stdout
    assert "check_call" not in done.stdout  # messages, not the tests' code
    # A kernel's libzmq sometimes aborts as the kernel ends, after its work (https://github.com/zeromq/libzmq/issues/4644).
    assert re.sub(r"Assertion failed: .*signaler\.cpp.*\n", "", done.stderr) == ""


def test_check_without_solutions(tmp_path):
    folder = copied_course(tmp_path, solutions=False)
    path = folder / "notebooks" / "02_prompt_precisely" / "02_prompt_precisely.ipynb"
    notebook, solved = nbformat.read(path, as_version=4), dict(graded_cells(read_source("02_prompt_precisely")))
    dict(graded_cells(notebook))["build_prompt"].source = solved["build_prompt"].source
    nbformat.write(notebook, path)
    done = run_copy(folder, "check", "02")
    assert done.returncode == 0, done.stderr
    assert "hidden ones run when your instructor grades" in done.stdout
    assert "score_tickets is not written yet" in done.stdout
    build = run_copy(folder, "build")
    assert build.returncode == 1
    assert "Building needs the sources in solutions/" in build.stderr


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda nb: nb.cells.append(next(c for c in nb.cells if c.id == "build_prompt")),
            "has the cell 'build_prompt' 2 times",
        ),
        (lambda nb: nb.cells.clear(), "has no graded cells"),
        (None, "is not a notebook that can be read"),
    ],
)
def test_a_notebook_that_cannot_be_graded(tmp_path, spoil, sentence):
    folder = copied_course(tmp_path)
    path = folder / "notebooks" / "02_prompt_precisely" / "02_prompt_precisely.ipynb"
    if spoil:
        notebook = nbformat.read(path, as_version=4)
        spoil(notebook)
        path.write_text(nbformat.v4.writes(notebook))
    else:
        path.write_text("{ not json")
    done = run_copy(folder, "check", "2")
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_build_check_passes_here_and_fails_on_a_stray_lesson(tmp_path):
    folder = copied_course(tmp_path)
    done = run_copy(folder, "build", "2", "--check")
    assert done.returncode == 0, done.stderr
    assert "1 lessons, 6 exercises with tests, 1 written answers." in done.stdout
    (folder / "notebooks" / "77_gone").mkdir()
    done = run_copy(folder, "build", "2", "--check")
    assert done.returncode == 1
    assert "notebooks/77_gone has no source" in done.stderr


def test_the_course_is_as_large_as_it_says():
    tested, written = (sum(counts) for counts in zip(*map(count_exercises, lessons.lesson_names()), strict=True))
    assert (len(lessons.lesson_names()) >= 10, tested >= 45, written >= 10) == (True, True, True)


def test_lesson_names(monkeypatch):
    assert (
        lessons.find_lesson("2")
        == lessons.find_lesson("02")
        == lessons.find_lesson("02_prompt")
        == "02_prompt_precisely"
    )


def test_doctor_finds_what_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(doctor, "pins", lambda: {"torch": "0.1", "no-such-package": "1.0", "rich": "15.0.0"})
    monkeypatch.setattr(doctor, "LAB_EXTENSIONS", ("no-such-extension",))
    monkeypatch.setattr(doctor, "SERVER_EXTENSIONS", ("jupyterlab", "no_such_server"))
    monkeypatch.setattr(doctor, "MINIMUM_PYTHON", (9, 9))
    monkeypatch.setattr(doctor, "MINIMUM_DISK_GB", 1e9)
    monkeypatch.setattr(doctor, "MINIMUM_MEMORY_GB", 1e9)
    findings = {finding.subject: finding for finding in doctor.examine()}
    wrong = {subject for subject, finding in findings.items() if finding.remedy}
    assert wrong == set(findings) - {"Processor"}
    assert findings["Packages"].state.startswith("torch 2")
    assert "no-such-package missing, tested with 1.0" in findings["Packages"].state
    assert "not fetched" in findings["Model"].state
    monkeypatch.setenv("COURSE_MODEL", "nonsense")
    assert "no model called" in {f.subject: f for f in doctor.examine()}["Model"].remedy


@pytest.mark.model
def test_doctor_is_content_with_this_installation(lm):
    done = course("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "present and intact" in done.stdout


def test_requirements_are_all_pinned():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]
    assert packages[-1] == "-e ."
    assert all("==" in line for line in packages[:-1])
    assert "torch==2.13.0" in packages
    assert len(doctor.pins()) == len(packages) - 1
