"""Feedback: one page for each student, which works offline and in which nothing runs.

nbgrader writes the page from the graded notebook, without hidden tests (nbgrader_config.py). Here it gets a table on
top of what was lost and why, and everything that a browser would run or load is taken out. A content security policy
(https://www.w3.org/TR/CSP3/) says the same once more to the browser.
"""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from course_lib.errors import CourseError
from course_lib.files import write_atomically
from course_lib.grading import records
from course_lib.grading.mend import time_limit
from course_lib.grading.records import Record
from course_lib.grading.self_check import failure_message
from course_lib.lessons import graded_cells

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from nbgrader.api import Grade

    from course_lib.grading.gradebook import Book

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'"
)
ACTIVE = (
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "button",
    "link",
    "base",
    "svg",
    "math",
    "audio",
    "video",
)
PAGE_SECONDS = 30.0
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title></head><body><h1>{title}</h1>
{text}</body></html>
"""


def write(
    lesson: str, root: Path, database: str = "", on_done: Callable[[int, int], None] = lambda done, total: None
) -> list[Path]:
    """Write ``feedback/STUDENT/LESSON/LESSON.html`` for every graded or failed submission; returns the pages.

    ``on_done`` is told how many of how many are written. Raises CourseError if nothing of this lesson has been graded.
    """
    from course_lib.grading.gradebook import Book

    known = records.load(root, lesson)
    if not known:
        raise CourseError(f"Nothing of {lesson} has been graded here: run `course grade {lesson[:2]}` first.")
    pages = []
    with closing(Book(root, database)) as book, tempfile.TemporaryDirectory() as scratch:
        for student, record in known.items():
            path = root / "feedback" / student / lesson / f"{lesson}.html"
            if record.status == "failed":
                text = f"<p>Your notebook could not be graded. {html.escape(record.reason)}</p>"
                page = PAGE.format(policy=POLICY, title=html.escape(lesson), text=text)
            else:
                page = _graded_page(book, root, record, Path(scratch))
            write_atomically(path, page)
            pages.append(path)
            on_done(len(pages), len(known))
    return pages


def _graded_page(book: Book, root: Path, record: Record, scratch: Path) -> str:
    """nbgrader's page of a graded notebook, made harmless, with the table on top."""
    from nbgrader.converters import GenerateFeedback

    student, lesson = record.student, record.lesson
    folder = root / "autograded" / student / lesson
    for name in ("timestamp.txt", "submission_secret.txt"):  # what `nbgrader release_feedback` looks for
        if (folder / name).exists():
            write_atomically(root / "feedback" / student / lesson / name, (folder / name).read_bytes())
    notebook = nbformat.read(folder / f"{lesson}.ipynb", as_version=4)
    table = summary(record, book.gradebook.find_submission_notebook(lesson, lesson, student).grades, notebook)
    try:
        with time_limit(PAGE_SECONDS):
            book.convert(GenerateFeedback, lesson, student, feedback_directory=str(scratch))
    except (CourseError, TimeoutError):  # a notebook that cannot be shown: its points and messages can
        return PAGE.format(policy=POLICY, title=html.escape(lesson), text=table)
    return make_harmless((scratch / student / lesson / f"{lesson}.html").read_text(encoding="utf-8"), table)


def summary(record: Record, grades: Iterable[Grade], notebook: nbformat.NotebookNode) -> str:
    """A table in HTML: each test's points, and what its check said if some were lost."""
    by_name = {grade.name: grade for grade in grades}
    flagged = {flag.cell: flag.reason for flag in record.flags}
    lines = []
    for grade_id, cell in graded_cells(notebook):
        grade = by_name.get(grade_id)
        if grade is None:
            continue
        if grade.needs_manual_grade:
            points, said = "–", "A person looks at this one." if grade_id in flagged else "A person grades this one."
        else:
            points = f"{grade.score:g}"
            said = failure_message(cell) if cell.cell_type == "code" and grade.score < grade.max_score else ""
            if said and grade_id in flagged:
                said = f"A person has looked at this: {flagged[grade_id]}."
        link = f'<a href="#{html.escape(grade_id)}">{html.escape(grade_id.removeprefix("test_"))}</a>'
        words = f'<pre style="white-space: pre-wrap">{html.escape(said)}</pre>' if said else ""
        cells = (link, f"{points} / {grade.max_score:g}", words)
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in record.notes)
    return (
        '<section class="container"><h3>What was graded</h3><table class="table"><thead><tr><th>exercise</th>'
        f"<th>points</th><th>what the check says</th></tr></thead><tbody>{''.join(lines)}</tbody></table>"
        + (f"<p>Mended before grading:</p><ul>{notes}</ul>" if notes else "")
        + "</section>"
    )


def make_harmless(page: str, top: str = "") -> str:
    """The page without anything that runs or is loaded from elsewhere, with ``top`` at the beginning of its body."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "html.parser")
    for element in soup.find_all(ACTIVE):
        element.decompose()
    for element in soup.find_all("meta", attrs={"http-equiv": True}):
        element.decompose()
    for element in soup.find_all(True):
        for name, value in list(element.attrs.items()):
            name = name.lower()
            loads = name in ("href", "src", "action", "xlink:href", "poster") and not _may_stay(element.name, value)
            if loads or name.startswith("on") or name in ("srcdoc", "srcset", "formaction", "background"):
                del element[name]
    for element in soup.find_all("style"):
        element.string = re.sub(r"(?is)@import[^;]*;|url\(\s*['\"]?(?!data:)[^)]*\)", "", element.get_text())
    _prepend(soup, soup.head, f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">')
    _prepend(soup, soup.body, top)
    return str(soup)


def _may_stay(element: str, address: str) -> bool:
    """A link within the page or to the web, or a picture that is in the page."""
    address = re.sub(r"[\x00-\x20]", "", str(address)).lower()
    return address.startswith(
        ("data:image/png", "data:image/jpeg") if element == "img" else ("#", "http://", "https://")
    )


def _prepend(soup: BeautifulSoup, element: object, text: str) -> None:
    from bs4 import BeautifulSoup as Soup

    if element is not None:
        for part in reversed(list(Soup(text, "html.parser").contents)):
            element.insert(0, part.extract())  # type: ignore[attr-defined]
