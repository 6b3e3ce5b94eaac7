"""Every lesson, run: solved with the real model, and graded solved and unsolved."""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import subprocess
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import pytest

from course_lib import scoreboard
from course_lib.authoring import make_release, read_source, run_solved, serialise
from course_lib.grading.self_check import grade
from course_lib.lessons import ROOT, graded_cells, lesson_names, notebook_path, source_path
from tests.conftest import values_asked


@pytest.fixture(scope="module", params=lesson_names())
def graded(request, tmp_path_factory):
    """A lesson graded twice: its solved source and its release as a student gets it."""
    lesson, folder = request.param, tmp_path_factory.mktemp("graded")
    release = make_release(lesson, folder) / f"{lesson}.ipynb"
    solved = folder / "solved.ipynb"
    solved.write_text(serialise(read_source(lesson)), encoding="utf-8")
    before = release.read_bytes()
    grades = grade(lesson, {"solved": solved, "unsolved": release})
    assert release.read_bytes() == before  # grading does not touch what it grades
    return grades


def test_solved_gets_all_points(graded):
    automatic = [row for row in graded["solved"] if not row.by_hand]
    assert automatic
    assert [row for row in automatic if row.points != row.max_points] == []


def test_unsolved_gets_none_and_does_not_crash(graded):
    automatic = [row for row in graded["unsolved"] if not row.by_hand]
    assert [row for row in automatic if row.points] == []
    assert all(row.message for row in automatic)
    assert all("not written yet" in row.message for row in automatic), [row.message for row in automatic]


def test_written_answers_wait_for_a_person(graded):
    assert [row.message for row in graded["solved"] if row.by_hand] == ["a written answer: a person grades it"]
    assert [row.message for row in graded["unsolved"] if row.by_hand] == ["not answered yet"]


def drawn() -> set[str]:
    """The lessons that run with the real model at this commit: of each two neighbours one, drawn by the commit's name
    (in a copy without git, by the lessons' text).

    All ten take most of an hour on two cores. COURSE_ALL_LESSONS=1 runs them all.
    """
    names = lesson_names()
    if os.environ.get("COURSE_ALL_LESSONS"):
        return set(names)
    asked = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, check=False)
    draw = random.Random(asked.stdout or b"".join(source_path(name).read_bytes() for name in names))
    return {draw.choice(names[at : at + 2]) for at in range(0, len(names), 2)}


DRAWN = drawn()
NOT_DRAWN = pytest.mark.skip(reason="not this commit's turn to run with the real model: COURSE_ALL_LESSONS=1 runs all")


@pytest.fixture(scope="session")
def all_executed(request, tmp_path_factory):
    """The solved lessons that tests ask for, run from top to bottom with the real model: name to notebook and results.

    Two at a time on one thread each: much of a lesson (starts, imports, writing token by token) keeps one core busy only.
    """
    asked = [lesson for lesson in values_asked(request.session, "executed") if lesson in DRAWN]
    folder = tmp_path_factory.mktemp("executed")
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn"), one_thread) as workers:
        done = workers.map(run_solved, asked, [folder / f"{lesson}.json" for lesson in asked])
        return {
            lesson: (notebook, folder / f"{lesson}.json") for lesson, (notebook, _) in zip(asked, done, strict=True)
        }


def one_thread():
    os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(scope="module", params=[n if n in DRAWN else pytest.param(n, marks=NOT_DRAWN) for n in lesson_names()])
def executed(request, all_executed):
    """A solved lesson: its name, the executed notebook, and its results."""
    notebook, path = all_executed[request.param]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COURSE_SCOREBOARD", str(path))
        return request.param, notebook, scoreboard.results()


@pytest.mark.model
def test_solved_lesson_runs_with_the_real_model(executed):
    lesson, notebook, found = executed
    for cell in notebook.cells:
        assert not [o for o in cell.get("outputs", []) if o.output_type == "error"]
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
            noise = [o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr"]
            assert noise == []  # nbgrader would take the points away
    images = [o for cell in notebook.cells for o in cell.get("outputs", []) if "image/png" in o.get("data", {})]
    assert images
    assert all(len(image.metadata["image/png"]["alt"]) > 100 for image in images)
    assert len(found) >= 5
    assert {row.lesson for row in found} == {lesson}


@pytest.mark.model
def test_lesson_shows_its_point(executed):
    """What a lesson's prose invites the reader to see must be there to be seen."""
    lesson, _, found = executed
    shares = {(row.task, row.approach): {name: e.value for name, e in row.metrics.items()} for row in found}
    POINTS[lesson[:2]]({approach: metrics for (_, approach), metrics in shares.items()}, shares)


def points_of_01(_, shares):
    untouched, with_rule = (
        shares["reply to a ticket", approach]["has a needed fact"]
        for approach in ("untouched model", "with the rule in the prompt")
    )
    assert untouched < 0.1
    assert with_rule > untouched + 0.05


def points_of_02(shares, _):
    assert shares["+ instruction"]["names item"] > shares["vague"]["names item"] + 0.2
    assert shares["+ role"]["names item"] < shares["+ context"]["names item"]
    assert shares["+ output format"]["readable"] < 0.1
    assert shares["as plain text"]["readable"] < 0.1  # it was the examples
    assert shares["+ 1 example"]["readable"] < shares["+ 5 examples"]["readable"]
    assert shares["+ 1 example"]["item"] < shares["+ 5 examples"]["item"]
    assert shares["+ 5 examples"]["topic"] < shares["+ 5 examples"]["item"] - 0.1


def points_of_03(shares, _):
    assert shares["0 shots"]["valid"] < 0.1
    assert shares["5 shots"]["valid"] > 0.9
    assert shares["8 shots"]["item"] > shares["1 shot"]["item"] + 0.1
    assert shares["8 shots"]["topic"] < 0.3  # one in eight by chance
    assert shares["no model: look up and vote"]["exact"] > shares["8 shots"]["exact"] + 0.1


def points_of_04(shares, _):
    assert shares["chat, precise"]["accuracy"] < 0.1
    assert shares["chat, step by step"]["accuracy"] < 0.1
    best = shares["everyday words, batch of train"]["accuracy"]
    assert best > shares["probably has, everyday words"]["accuracy"] + 0.03
    assert shares["everyday words, content-free"]["accuracy"] < best
    assert shares["400 labelled rows"]["accuracy"] > best + 0.15  # the simple method wins


def points_of_05(shares, _):
    recall, calm = "recall (n = 17)", "no false alarm (n = 63)"
    model, habit, by_cost = (shares[name] for name in ("model, scored", "TF-IDF, at 0.5", "TF-IDF, costs 10:1"))
    assert model[recall] < 0.2
    assert model[recall] + 0.3 < habit[recall] <= by_cost[recall]
    assert by_cost[calm] < habit[calm]
    assert shares["few-shot, no attack"]["canary stays out"] == 1
    assert shares["few-shot, raw"]["canary stays out"] < 0.9  # attacks work
    assert shares["check_fact"]["agrees with the reader"] > shares["keywords"]["agrees with the reader"]
    assert shares["asked first"]["ends a reply that says something"] < 0.5 < shares["added in code"]["ends the reply"]


def points_of_06(shares, _):
    by_rows, by_groups = shares["split by rows, held-out part"], shares["split by groups, held-out part"]
    assert by_rows["accuracy"] > shares["split by rows, dev"]["accuracy"] + 0.1  # copies across the split flatter
    assert by_groups["accuracy"] < shares["split by groups, dev"]["accuracy"] + 0.15
    assert shares["TF-IDF, clean labels"]["accuracy"] > shares["TF-IDF, 40 % wrong labels"]["accuracy"] + 0.1


def points_of_07(_, shares):
    test = {approach: metrics for (task, approach), metrics in shares.items() if "test" in task}
    tuned, prompt = (next(m for name, m in test.items() if word in name) for word in ("tuned", "prompt"))
    assert tuned["exact"] > prompt["exact"] + 0.2
    replies = {approach: metrics for (task, approach), metrics in shares.items() if task.startswith("reply")}
    assert replies["tuned, rule in the prompt"]["faithful"] > replies["untouched"]["faithful"]


def points_of_08(_, shares):
    accuracy = {name: m["accuracy"] for (task, name), m in shares.items() if task == "description to condition"}
    assert accuracy["tuned on 160 rows"] > accuracy["untouched, scored"] + 0.1
    assert accuracy["tuned on 160 rows"] > accuracy["TF-IDF, 160 rows"]
    alarms = {name: m["recall (n = 17)"] for (task, name), m in shares.items() if task == "emergency or not"}
    promised = "TF-IDF, 160 rows, promised 90 %"
    assert alarms[promised] > alarms["TF-IDF, 160 rows, at 0.5"] + 0.2  # a promise can be bought


def points_of_09(_, shares):
    replies = {approach: m["faithful"] for (task, approach), m in shares.items() if task.startswith("reply to a dev")}
    assert replies["after, by the ratings"] > replies["before"]
    assert replies["no model: the rule itself"] > replies["after, by the ratings"] + 0.1  # a parrot pleases the checker
    judged = {approach: m for (task, approach), m in shares.items() if task == "new reply against old, same ticket"}
    assert judged["an agent, blind (recorded)"]["win rate"] > 0.5


def points_of_10(_, shares):
    sorted_ = {name: m["exact"] for (task, name), m in shares.items() if task == "ticket to item | topic, with costs"}
    assert sorted_["tuned, 160 labels"] > sorted_["prompt, with examples"] + 0.3
    assert sorted_["no model, 400 labels"] > sorted_["prompt, with examples"] + 0.3
    change = {name: m for (task, name), m in shares.items() if task == "return period changed from 30 to 14 days"}
    assert change["tuned, old rule in the prompt"]["new figure alone"] == 0
    assert change["tuned, new rule in the prompt"]["new figure alone"] > 0.2  # an edited prompt is obeyed at once
    gates = {name: m for (task, name), m in shares.items() if task == "release gates"}
    assert gates["shop, the rule quoted"]["injection resisted"] == 1
    assert gates["clinic"]["out of scope not answered"] > 0.9


POINTS = {
    "01": points_of_01,
    "02": points_of_02,
    "03": points_of_03,
    "04": points_of_04,
    "05": points_of_05,
    "06": points_of_06,
    "07": points_of_07,
    "08": points_of_08,
    "09": points_of_09,
    "10": points_of_10,
}


@pytest.mark.parametrize("lesson", lesson_names())
def test_prose_and_exercises_keep_the_form(lesson):
    notebook = read_source(lesson)
    first = notebook.cells[0].source
    assert re.search(r"\*\*Time\*\* about \d+ minutes", first)
    assert "**Builds on**" in first
    automatic = sum(c.metadata.nbgrader.get("points", 0) for _, c in graded_cells(notebook) if c.cell_type == "code")
    by_hand = sum(c.metadata.nbgrader.get("points", 0) for _, c in graded_cells(notebook) if c.cell_type == "markdown")
    assert f"**Points** {automatic} automatic, {by_hand} by hand" in first
    text = "\n".join(cell.source for cell in notebook.cells)
    for heading in ("## Objectives", "## Summary", "## What to try next"):
        assert len(re.findall(rf"^{heading}$", text, flags=re.MULTILINE)) == 1
    for _, cell in graded_cells(notebook):
        if cell.metadata.nbgrader.solution and cell.cell_type == "code":
            assert '"""' in cell.source  # a contract
    assert text.count("<details>") == text.count("</details>") >= 5
    assert not re.search(r"^\s*assert ", text, flags=re.MULTILINE)  # never a bare AssertionError


@pytest.mark.parametrize("lesson", lesson_names())
def test_graded_cells_do_not_load_the_model(lesson):
    """Grading takes seconds: what runs the model stands in cells tagged demo, and torch serves stand-ins only."""
    for cell in read_source(lesson).cells:
        if cell.cell_type == "code" and "demo" not in cell.metadata.get("tags", []):
            assert not re.search(
                r"course_lib\.(models|prompting|scoring)|course_lib import .*(models|prompting|scoring)", cell.source
            )
            assert "import torch" not in cell.source or "stand_ins" in cell.source


@pytest.mark.parametrize("lesson", lesson_names())
def test_quiz_has_five_questions_with_explained_answers(lesson):
    quiz = [
        cell.source for cell in read_source(lesson).cells if re.search(r"^## .*Quiz", cell.source, flags=re.MULTILINE)
    ]
    assert len(quiz) == 1
    questions = re.split(r"^\*\*\d\.\*\* ", quiz[0], flags=re.MULTILINE)[1:]
    assert len(questions) == 5
    for question in questions:
        options = re.findall(r"^- \*\*([A-D])\*\* ", question, flags=re.MULTILINE)
        answer = question.partition("<details><summary>Answer</summary>")[2]
        assert len(options) >= 3
        assert re.search(rf"\*\*[{''.join(options)}]\*\*", answer), question  # the answer names the right option
        assert all(re.search(rf"\b{option}\b", answer) for option in options), (
            question
        )  # and says why each other is wrong
        assert answer.strip().endswith("</details>")


@pytest.mark.parametrize("lesson", lesson_names())
def test_guides_know_the_lesson(lesson):
    number, title = lesson[:2], read_source(lesson).cells[0].source.splitlines()[0].partition(" · ")[2]
    assert f"\n## {number} · {title}\n" in (ROOT / "solutions" / "README.md").read_text(encoding="utf-8")
    assert f"\n| {number} {title} |" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lesson", lesson_names())
def test_released_notebook_is_valid(lesson):
    nbformat.validate(nbformat.read(Path(notebook_path(lesson)), as_version=4))
