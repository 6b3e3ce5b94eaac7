"""A release is what its source says, byte for byte, and holds no solution."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_lib import authoring, lessons
from course_lib.authoring import build, check_build, read_source, was_edited
from course_lib.errors import CourseError
from course_lib.lessons import graded_cells, lesson_names

SOURCE = '''\
# %% [markdown]
# # 99 · A small lesson
# ## Objectives

# %% solution="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    doubled_value = x + x
    return doubled_value
    ### END SOLUTION
EVERYBODY_MAY_READ_THIS = True

# %% test="test_double" points=1
assert double(2) == 4

# %% test="test_double_hidden" points=2
# Hidden tests run here.
### BEGIN HIDDEN TESTS
assert double(-3.5) == -7.0
### END HIDDEN TESTS

# %% [markdown] answer="why" points=3
# Because addition is repeated.

# %% tags=["demo"]
print(double(4))

# %% [markdown]
# ## Summary
# ## What to try next
'''


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course folder of its own with one small lesson; returns a function that rewrites and names the lesson."""
    for name, value in {"SOLUTIONS": tmp_path / "solutions", "NOTEBOOKS": tmp_path / "notebooks"}.items():
        monkeypatch.setattr(lessons, name, value)
        monkeypatch.setattr(authoring, name, value)
    monkeypatch.setattr(authoring, "ROOT", tmp_path)
    shutil.copy(lessons.ROOT / "nbgrader_config.py", tmp_path)

    def write(source: str = SOURCE) -> str:
        path = tmp_path / "solutions" / "99_small" / "99_small.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return "99_small"

    return write


def test_release_of_the_small_lesson(course, tmp_path):
    lesson = course()
    assert build(lesson) is True
    assert build(lesson) is False
    assert check_build(lesson) == []
    released = nbformat.read(tmp_path / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
    nbformat.validate(released)
    cells = dict(graded_cells(released))
    assert list(cells) == ["double", "test_double", "test_double_hidden", "why"]
    assert "NotImplementedError" in cells["double"].source
    assert "EVERYBODY_MAY_READ_THIS" in cells["double"].source
    assert cells["test_double_hidden"].source == "# Hidden tests run here."
    assert "repeated" not in cells["why"].source
    assert cells["test_double_hidden"].metadata.nbgrader.points == 2
    assert [cell.metadata.get("tags") for cell in released.cells].count(["demo"]) == 1
    assert all(not cell.get("outputs") for cell in released.cells)
    assert sorted(p.name for p in (tmp_path / "notebooks" / lesson).iterdir()) == [f"{lesson}.ipynb"]


@pytest.mark.parametrize("lesson", lesson_names())
def test_committed_release_is_clean(lesson):
    """Also: building gives the same bytes again, on another day and machine."""
    assert check_build(lesson) == []


def test_stale_release(course, tmp_path):
    lesson = course()
    build(lesson)
    course(SOURCE.replace("Twice x.", "Two times x."))
    assert any("not what the source gives" in problem for problem in check_build(lesson))
    (tmp_path / "notebooks" / lesson / "extra.txt").write_text("stray")
    assert any("extra.txt is not what the source gives" in problem for problem in check_build(lesson))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('solution="double"', 'solution="why"', "'why' is used 2 times"),
        ('test="test_double" points=1', 'test="test_double" points=0', "needs points"),
        ('test="test_double" points=1', 'test="test_double"', "needs points"),
        ('solution="double"', 'solution="double" points=1', "needs points"),
        ("# ## Objectives", "# ## Aims", "one heading 'Objectives', it has 0"),
        ("# ## Summary", "# ## Summary\n# ## Objectives", "one heading 'Objectives', it has 2"),
        ('test="test_double_hidden"', 'test="test_triple"', "'test_triple' belongs to no exercise"),
        ("    ### END SOLUTION\n", "", "'### BEGIN SOLUTION' and its end do not match"),
        ("# # 99", "# The trick: doubled_value = x + x\n# # 99", "shows a secret line: 'doubled_value = x + x'"),
        ("print(double(4))", "print(double(4))\n# assert double(-3.5) == -7.0", "shows a secret line"),
        ('solution="double"', 'solution="double" test="x" points=1', "at once"),
    ],
)
def test_a_faulty_source_is_refused(course, old, new, problem, tmp_path):
    assert old in SOURCE
    lesson = course(SOURCE.replace(old, new, 1))
    with pytest.raises(CourseError, match=re.escape(problem)):
        build(lesson)
    assert not (tmp_path / "notebooks").exists()


def test_a_leak_in_a_file_beside_the_notebook(course, tmp_path):
    lesson = course()
    build(lesson)
    (tmp_path / "solutions" / lesson / "notes.txt").write_text("Psst: doubled_value = x + x\n")
    with pytest.raises(CourseError, match=r"notes\.txt in the release shows a secret line"):
        build(lesson)


def test_a_leak_in_the_committed_release(course, tmp_path):
    lesson = course()
    build(lesson)
    path = tmp_path / "notebooks" / lesson / f"{lesson}.ipynb"
    path.write_text(path.read_text().replace("raise NotImplementedError()", "doubled_value = x + x"))
    assert any("shows a secret line: 'doubled_value = x + x'" in problem for problem in check_build(lesson))


def test_what_nbgrader_refuses_is_said_in_one_line(course, monkeypatch):
    lesson = course(SOURCE.replace("    ### END SOLUTION\n", "", 1))
    monkeypatch.setattr(authoring, "problems", lambda source: [])
    with pytest.raises(CourseError, match="no end solution statement found") as refused:
        build(lesson)
    assert "\n" not in str(refused.value)


def test_somebodys_work_is_not_overwritten(course, tmp_path):
    lesson = course()
    build(lesson)
    path = tmp_path / "notebooks" / lesson / f"{lesson}.ipynb"
    assert not was_edited(path)
    notebook = nbformat.read(path, as_version=4)
    dict(graded_cells(notebook))["double"].source = "def double(x):\n    return 2 * x"
    nbformat.write(notebook, path)
    mine = path.read_bytes()
    with pytest.raises(CourseError, match="has been worked in"):
        build(lesson)
    assert path.read_bytes() == mine
    assert build(lesson, force=True)
    assert not was_edited(path)


def test_a_run_notebook_counts_as_work(course, tmp_path):
    lesson = course()
    build(lesson)
    path = tmp_path / "notebooks" / lesson / f"{lesson}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="hello")]
    nbformat.write(notebook, path)
    assert was_edited(path)


def test_unreadable_source(course, tmp_path):
    lesson = course()
    (tmp_path / "solutions" / lesson / f"{lesson}.py").write_bytes(b"# %%\n# caf\xe9")
    with pytest.raises(CourseError, match=r"99_small\.py"):
        read_source(lesson)


def test_stock_nbgrader_from_the_course_folder(tmp_path):
    """An instructor's own commands: generate_assignment, autograde, generate_feedback; no solution leaves the source."""
    lesson = lesson_names()[0]
    shutil.copy(lessons.ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(lessons.SOLUTIONS / lesson, tmp_path / "solutions" / lesson)
    (tmp_path / "solutions" / lesson / f"{lesson}.ipynb").write_text(
        authoring.serialise(read_source(lesson)), encoding="utf-8"
    )
    lessons.use_own_scripts()

    def nbgrader(*words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *words], cwd=tmp_path, capture_output=True, text=True, env=os.environ
        )
        assert done.returncode == 0, done.stderr[-2000:]

    nbgrader("generate_assignment", lesson)
    stock = tmp_path / "notebooks" / lesson / f"{lesson}.ipynb"
    assert was_edited(stock)  # no note of ours in it
    assert not was_edited(stock, lessons.notebook_path(lesson))  # but nobody's work either: `course build` may go on
    assert [p.name for p in (tmp_path / "notebooks" / lesson).iterdir()] == [f"{lesson}.ipynb"]
    submitted = tmp_path / "submitted" / "ada" / lesson
    submitted.mkdir(parents=True)
    shutil.copy(tmp_path / "notebooks" / lesson / f"{lesson}.ipynb", submitted)
    nbgrader("autograde", lesson)
    nbgrader("generate_feedback", lesson)
    page = (tmp_path / "feedback" / "ada" / lesson / f"{lesson}.html").read_text(encoding="utf-8")
    assert "is not written yet" in page
    hidden = [line.strip() for _, cell in graded_cells(read_source(lesson)) for line in _hidden(cell.source)]
    assert len(hidden) > 50
    assert [line for line in hidden if len(line) > 30 and line in page] == []


def _hidden(source: str) -> list[str]:
    if "### BEGIN HIDDEN TESTS" not in source:
        return []
    return source.split("### BEGIN HIDDEN TESTS")[1].split("### END HIDDEN TESTS")[0].splitlines()


def test_paths_do_not_leak_into_the_release():
    for path in Path(lessons.NOTEBOOKS).rglob("*.ipynb"):
        assert str(lessons.ROOT) not in path.read_text(encoding="utf-8")
