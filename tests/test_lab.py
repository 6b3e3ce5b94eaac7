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


@pytest.fixture
def lab(tmp_path):
    """``course lab`` on a copy of the course; yields the address of its lesson 02."""
    for name in ("course_lib", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / "course" / name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api/status?token=test", timeout=2)
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "lab.log").read_text()
                time.sleep(0.5)
        yield f"{address}/lab/tree/02_prompt_precisely/02_prompt_precisely.ipynb?token=test", tmp_path
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def cells_to_first_check() -> int:
    """How many cells the student runs until the first check has run."""
    notebook = nbformat.read(notebook_path("02_prompt_precisely"), as_version=4)
    return 1 + next(index for index, cell in enumerate(notebook.cells) if cell.id.startswith("test_"))


def test_a_student_meets_the_first_check(lab):
    from playwright.sync_api import expect, sync_playwright

    address, folder = lab
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        try:
            page.goto(address)
            page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
            expect(page.get_by_role("heading", name="02 · Prompt precisely")).to_be_visible(timeout=60_000)
            page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", timeout=90_000)
            page.click(".jp-NotebookPanel .jp-Cell >> nth=0")
            page.keyboard.press("Escape")
            for _ in range(cells_to_first_check()):
                page.keyboard.press("Shift+Enter")
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
            if shots := os.environ.get("COURSE_SCREENSHOTS"):
                page.mouse.wheel(0, 2500)
                page.screenshot(path=Path(shots) / "lab.png")
        except BaseException:
            page.screenshot(path=folder / "failed.png")
            print(f"The page as it was: {folder / 'failed.png'}")
            raise
        finally:
            browser.close()
