"""The course in the student's own browser: JupyterLab opens, the lesson runs, a check's message is seen on the page."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from course_lib.lessons import ROOT, notebook_path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt-get install chromium)"),
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(server: subprocess.Popen, address: str, log: Path) -> None:
    """Until a Jupyter server answers; fails with its log if it ends."""
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api/status?token=test", timeout=2)
            return
        except OSError:
            assert server.poll() is None, log.read_text()
            time.sleep(0.5)


@pytest.fixture
def lab(tmp_path):
    """``course lab`` on a copy of the course; yields a function from a lesson to its address, and the folder."""
    for name in ("course_lib", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / "course" / name)
    port = free_port()
    script = (
        "import sys; sys.path.insert(0, '.')\n"
        f"sys.argv = ['course', 'lab', '--no-browser', '--allow-root', '--ServerApp.port={port}', "
        "'--ServerApp.ip=127.0.0.1', '--IdentityProvider.token=test']\n"
        "from course_lib.cli import main; main()"
    )
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "COURSE_SCOREBOARD": str(tmp_path / "scoreboard.json"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    log = (tmp_path / "lab.log").open("w+")
    server = subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path / "course", env=environment, stdout=log, stderr=subprocess.STDOUT
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(server, address, tmp_path / "lab.log")
        yield lambda lesson: f"{address}/lab/tree/{lesson}/{lesson}.ipynb?token=test", tmp_path
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


@pytest.fixture
def page(lab):
    """A page of the student's browser; what it showed is kept if the test fails."""
    from playwright.sync_api import sync_playwright

    _, folder = lab
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        try:
            yield page
        finally:
            page.screenshot(path=folder / "last.png")
            print(f"The page as it was: {folder / 'last.png'}")
            if shots := os.environ.get("COURSE_SCREENSHOTS"):
                shutil.copy(folder / "last.png", Path(shots) / f"{Path(page.url.partition('?')[0]).stem}.png")
            browser.close()


def run_cells(page, address, title, number):
    """Open a lesson and run its first cells, as a student does."""
    from playwright.sync_api import expect

    page.goto(address)
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
    expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=90_000)
    first = page.locator(".jp-CodeCell .jp-InputPrompt").first
    for _ in range(3):  # JupyterLab can say idle and lose keys while it is still connecting: press again, as one does
        page.click(".jp-NotebookPanel .jp-Cell >> nth=0")
        page.keyboard.press("Escape")
        for _ in range(number):
            page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(3_000)
        if first.inner_text() != "[ ]:":
            break
        page.mouse.wheel(0, -20_000)


def cells_until(lesson, wanted):
    """How many cells run until the first one that ``wanted`` says yes to has run."""
    notebook = nbformat.read(notebook_path(lesson), as_version=4)
    return 1 + next(index for index, cell in enumerate(notebook.cells) if wanted(cell))


def test_a_student_meets_the_first_check(lab, page):
    from playwright.sync_api import expect

    address, _ = lab
    lesson = "02_prompt_precisely"
    number = cells_until(lesson, lambda cell: cell.id.startswith("test_"))
    run_cells(page, address(lesson), "02 · Prompt precisely", number)
    message = page.get_by_text("build_prompt is not written yet")
    expect(message.first).to_be_visible(timeout=180_000)
    # Before it, the real model answered the first three tickets.
    page.mouse.wheel(0, -3000)
    expect(page.locator(".jp-OutputArea-output", has_text="REPLY").first).to_be_visible()
    assert page.get_by_text("official Jupyter news").count() == 0  # nothing asks the network for news
    hint = page.locator("details", has_text="Collect blocks in a list").first
    hint.locator("summary").click()
    expect(hint.get_by_text("The first block is the header")).to_be_visible()
    assert page.get_by_text("Traceback (most recent call last)").count() == 0
    page.mouse.wheel(0, 2500)


def test_a_student_types_into_the_token_view(lab, page):
    from playwright.sync_api import expect

    address, _ = lab
    lesson = "01_meet_the_model"
    run_cells(
        page, address(lesson), "01 · Meet the model", cells_until(lesson, lambda cell: "token_view(" in cell.source)
    )
    area = page.locator(".widget-textarea textarea")
    expect(area).to_be_visible(timeout=180_000)
    area.fill("no parka")
    view = page.locator(".widget-html")
    expect(view.get_by_role("listitem")).to_have_text(["no", "·park", "a"])
    expect(view).to_contain_text("8 characters · 2 words · 3 tokens")


def test_a_student_rates_a_pair_with_one_key(lab, page):
    from playwright.sync_api import expect

    address, folder = lab
    lesson = "09_human_feedback"
    number = cells_until(lesson, lambda cell: cell.cell_type == "code" and "rating_widget(" in cell.source)
    run_cells(page, address(lesson), "09 · Human feedback", number)
    field = page.get_by_placeholder("a, b or t")
    expect(field).to_be_visible(timeout=180_000)
    status = page.locator(".widget-html", has_text="Pair 1 of 24")
    expect(status).to_be_visible()
    field.press_sequentially("b")
    expect(page.locator(".widget-html", has_text="Pair 2 of 24, 1 rated and saved")).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".widget-html", has_text="Chosen before: B")).to_be_visible()
    sheets = list((folder / "artifacts").glob("ratings_09.csv"))
    assert len(sheets) == 1 and ",b\n" in sheets[0].read_text(encoding="utf-8")
