"""The instructor's evening: a zip comes in, is graded, looked at in a browser, handed back and exported."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from course_lib.authoring import serialise
from course_lib.grading import feedback, records
from course_lib.lessons import ROOT
from tests.submissions import FULL, LESSON, add_code, graded, outputs, solution, solved_notebook
from tests.test_cli import course
from tests.test_lab import CHROMIUM, FLAGS, free_port, wait_for
from tests.test_submissions import why_no_sandbox

pytestmark = pytest.mark.skipif(bool(why_no_sandbox()), reason=why_no_sandbox())

ROSTER = """student_id,first_name,last_name,email,canvas_id
zoë,Zoë,Ångström,zoe@example.org,11
bob,Bob,O'Neil,bob@example.org,12
eve,Eve,Hacker,eve@example.org,13
dan,Dan,Late,dan@example.org,14
"""
ATTACK = "<img src=x onerror='document.title=1'> [x](javascript:document.title=1) " + outputs.SCRIPT


@pytest.fixture(scope="module")
def evening(tmp_path_factory):
    """A class of four: solved (with a hostile answer), one exercise wrong, tampering, and nobody's file; dan is missing."""
    root = tmp_path_factory.mktemp("evening")
    (root / "class.csv").write_text(ROSTER, encoding="utf-8")
    solved, wrong, tampering = solved_notebook(), solved_notebook(), solved_notebook()
    graded(solved, "why_precise").source = ATTACK
    add_code(solved, "setup", f"from IPython.display import HTML, display\ndisplay(HTML({ATTACK!r}))")
    solution(wrong, "parse_ticket").source = f"def parse_ticket(reply, topics=None):\n    return {ATTACK!r}"
    add_code(tampering, "build_prompt", "import course_lib.checks\ncourse_lib.checks.same = lambda *a, **k: True")
    with zipfile.ZipFile(root / "moodle.zip", "w") as archive:
        for name, notebook in (
            ("Zoe Angstrom", solved),
            ("Bob ONeil", wrong),
            ("Eve Hacker", tampering),
            ("No Body", solved),
        ):
            archive.writestr(f"{name}_1234{len(name)}_assignsubmission_file/{LESSON} (1).ipynb", serialise(notebook))
    words = ("grade", "2", "--root", str(root), "--roster", str(root / "class.csv"))
    first = course(*words, "--zip", str(root / "moodle.zip"))
    return root, words, first


def test_a_zip_is_graded_and_every_state_is_said(evening):
    _, _, first = evening
    assert first.returncode == 0, first.stderr
    assert "No Body" in first.stdout
    for student, *fragments in (("zoë", "(1).ipynb"), ("eve", "flagged", "course_lib.checks.same"), ("dan", "missing")):
        assert student in first.stdout
        assert all(fragment in first.stdout for fragment in fragments)
    assert (
        "3 graded (3 submissions looked at now), 3 with something for a person to grade, 1 flagged, 0 failed, 1 missing."
        in " ".join(first.stdout.split())
    )


def test_points_and_marks_by_hand_stay_when_everything_is_graded_anew(evening):
    from nbgrader.api import Gradebook

    root, words, _ = evening
    points = {student: record.points for student, record in records.load(root, LESSON).items()}
    assert points == {"zoë": FULL, "bob": FULL - 3, "eve": 0}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for student, cell in (("zoë", "why_precise"), ("eve", "test_build_prompt")):
            grade = book.find_grade(cell, LESSON, LESSON, student)
            grade.manual_score, grade.needs_manual_grade = 1.0, False
        book.db.commit()
    assert course(*words, "--no-resume").returncode == 0
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        decided = {
            s: book.find_grade(c, LESSON, LESSON, s) for s, c in (("zoë", "why_precise"), ("eve", "test_build_prompt"))
        }
        assert [(g.score, g.needs_manual_grade) for g in decided.values()] == [(1.0, False), (1.0, False)]
        other = book.find_grade("test_build_prompt_hidden", LESSON, LESSON, "eve")
        assert (other.score, other.needs_manual_grade) == (0, True)
    assert points == {student: record.points for student, record in records.load(root, LESSON).items()}


def test_feedback_says_what_was_lost_and_hides_the_tests(evening):
    root, _, _ = evening
    done = course("feedback", "2", "--root", str(root))
    assert done.returncode == 0, done.stderr
    pages = {path.parents[1].name: path.read_text(encoding="utf-8") for path in (root / "feedback").rglob("*.html")}
    assert pages.keys() == {"zoë", "bob", "eve"}
    for page in pages.values():
        assert "<script" not in page
        assert "onerror='" not in page.replace("&lt;img src=x onerror='", "")
        assert "BEGIN HIDDEN TESTS" not in page
        assert "Content-Security-Policy" in page
    hidden = [line.strip() for line in source_of_hidden_tests() if len(line.strip()) > 30]
    assert hidden
    assert [line for line in hidden if line in pages["bob"]] == []
    assert "look at" in pages["bob"]
    assert "A person looks at this one." in pages["eve"]
    assert (root / "feedback" / "bob" / LESSON / "timestamp.txt").exists() == (
        root / "submitted" / "bob" / LESSON / "timestamp.txt"
    ).exists()


def source_of_hidden_tests() -> list[str]:
    text = (ROOT / "solutions" / LESSON / f"{LESSON}.py").read_text(encoding="utf-8")
    return [
        line
        for part in text.split("### BEGIN HIDDEN TESTS")[1:]
        for line in part.split("### END HIDDEN TESTS")[0].splitlines()
        if "check_call(" not in line and "look_at" not in line and "passed(" not in line
    ]


def test_export_writes_what_each_system_reads(evening):
    root, _, _ = evening
    for format, file in (("csv", "grades.csv"), ("canvas", f"canvas_{LESSON}.csv"), ("moodle", "moodle.csv")):
        done = course(
            "grades",
            "export",
            "2",
            "--format",
            format,
            "--root",
            str(root),
            "--to",
            str(root / "out"),
            "--roster",
            str(root / "class.csv"),
            "--partial",
        )
        assert done.returncode == 0, done.stderr
        lines = list(csv.DictReader((root / "out" / file).read_text(encoding="utf-8-sig").splitlines()))
        assert len(lines) >= 3
        assert not [
            line for line in lines if "Dan" in str(line) and "0" in (line.get("score"), line.get(LESSON))
        ]  # missing is no 0
    states = {
        line["student_id"]: line
        for line in csv.DictReader((root / "out" / "grades.csv").read_text(encoding="utf-8-sig").splitlines())
    }
    assert (states["dan"]["missing"], states["dan"]["score"]) == ("yes", "")
    assert states["eve"]["flagged"] != "0"
    assert states["bob"]["needs_manual"] == "1"


def test_a_failed_submission_makes_exit_1_and_a_page_that_says_why(evening):
    root, words, _ = evening
    folder = root / "submitted" / "dan" / LESSON
    folder.mkdir(parents=True)
    (folder / f"{LESSON}.ipynb").write_text("{", encoding="utf-8")
    done = course(*words)
    assert done.returncode == 1
    assert "1 could not be graded" in done.stderr
    assert [page.parents[1].name for page in feedback.write(LESSON, root)].count("dan") == 1
    assert "could not be graded" in (root / "feedback" / "dan" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    shutil.rmtree(root / "submitted" / "dan")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("grade", "2", "--root", "EMPTY"), "put submitted/STUDENT"),
        (("grade", "2", "--root", "EMPTY", "--zip", "x.zip"), "--roster"),
        (("feedback", "2", "--root", "EMPTY"), "course grade 02"),
        (("grades", "export", "--root", "EMPTY"), "course grade"),
        (("grade", "77"), "There is no lesson"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(words, says, tmp_path):
    done = course(*(str(tmp_path) if word == "EMPTY" else word for word in words))
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_without_bubblewrap_the_command_stops_or_says_the_risk(tmp_path):
    (tmp_path / "submitted").mkdir()
    hide = "import shutil; which = shutil.which; shutil.which = lambda name, *a, **k: None if name == 'bwrap' else which(name, *a, **k)"
    stopped = course("grade", "2", "--root", str(tmp_path), code=hide)
    assert stopped.returncode == 1
    assert "apt install bubblewrap" in stopped.stderr
    went_on = course("grade", "2", "--root", str(tmp_path), "--no-sandbox", code=hide)
    assert went_on.returncode == 0, went_on.stderr
    assert "can read, change and send away" in went_on.stdout


# In the instructor's browser


@pytest.fixture
def formgrader(evening, tmp_path):
    """The address of a Jupyter server with nbgrader's formgrader on the class's folder."""
    root, _, _ = evening
    shutil.copy(ROOT / "nbgrader_config.py", root)
    port = free_port()
    (tmp_path / "jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": {"jpserver_extensions": {"nbgrader.server_extensions.formgrader": True}}})
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=test"],
        cwd=root, env=os.environ | {"JUPYTER_CONFIG_DIR": str(tmp_path)}, stdout=(tmp_path / "server.log").open("w"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(server, address, tmp_path / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)")
def test_nothing_of_a_student_runs_in_the_formgrader_or_a_feedback_page(evening, formgrader):
    from nbgrader.api import Gradebook
    from playwright.sync_api import sync_playwright

    root, _, _ = evening
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        ids = [book.find_submission_notebook(LESSON, LESSON, student).id for student in ("zoë", "bob")]
    feedback.write(LESSON, root)
    pages = [f"{formgrader}/formgrader/submissions/{each}/?token=test" for each in ids]
    local = [f"file://{root}/feedback/{student}/{LESSON}/{LESSON}.html" for student in ("zoë", "bob")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page, asked = browser.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        for address in [*pages, *local]:
            asked.clear()
            page.goto(address, wait_until="load")
            page.wait_for_timeout(500)
            assert "onerror" in page.content()  # the attack is there to be read
            assert page.title() not in ("1", "taken over")
            assert page.locator("a[href^='javascript'], img[src='x']").count() == 0
            assert not [url for url in asked if "example.invalid" in url]
            if address in local:
                assert asked == [page.url]  # it loads nothing else, from nowhere
        browser.close()
