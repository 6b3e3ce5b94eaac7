"""What is no notebook: nothing to grade, one sentence for the student, and the batch goes on."""

from __future__ import annotations

import json
import os
import socket
import zipfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_lib.lessons import SOLUTIONS, lesson_names, notebook_path
from tests.submissions import LESSON, handed_in, submission

NAME = f"{LESSON}.ipynb"


@submission(points=0, status="failed")
def nothing_in_the_folder(folder: Path, notebook: NotebookNode) -> None:
    """An empty folder was handed in."""


@submission(points=0, status="failed", says="empty")
def empty_file(folder: Path, notebook: NotebookNode) -> None:
    """The file has no bytes: the disk was full when it was saved."""
    (folder / NAME).touch()


@submission(points=0, status="failed")
def white_space(folder: Path, notebook: NotebookNode) -> None:
    """The file holds white space alone."""
    (folder / NAME).write_text(" \n\n\t ", encoding="utf-8")


@submission(points=0, status="failed")
def cut_off(folder: Path, notebook: NotebookNode) -> None:
    """The upload broke off in the middle."""
    path = handed_in(notebook, folder)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@submission(points=0, status="failed")
def merge_conflict(folder: Path, notebook: NotebookNode) -> None:
    """Marks of a merge conflict stand in the file."""
    path = handed_in(notebook, folder)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[5:5] = ["<<<<<<< HEAD\n", *lines[5:7], "=======\n", *lines[5:7], ">>>>>>> mine\n"]
    path.write_text("".join(lines), encoding="utf-8")


@submission(points=0, status="failed")
def web_page(folder: Path, notebook: NotebookNode) -> None:
    """The log-in page of a file service, saved under the notebook's name."""
    (folder / NAME).write_text("<!DOCTYPE html><html><body>Please sign in.</body></html>", encoding="utf-8")


@submission(points=0, status="failed")
def zip_file(folder: Path, notebook: NotebookNode) -> None:
    """A ZIP archive with the notebook in it, under the notebook's name."""
    with zipfile.ZipFile(folder / NAME, "w") as archive:
        archive.writestr(NAME, json.dumps(notebook))


@submission(points=0, status="failed")
def script_only(folder: Path, notebook: NotebookNode) -> None:
    """Exported as a Python script: there is no notebook."""
    (folder / f"{LESSON}.py").write_text("\n\n".join(cell.source for cell in notebook.cells), encoding="utf-8")


@submission(points=0, status="failed")
def a_list(folder: Path, notebook: NotebookNode) -> None:
    """Good JSON, but a list."""
    (folder / NAME).write_text("[]", encoding="utf-8")


@submission(points=0, status="failed")
def an_empty_object(folder: Path, notebook: NotebookNode) -> None:
    """Good JSON, but no notebook: an empty object."""
    (folder / NAME).write_text("{}", encoding="utf-8")


@submission(points=0, status="failed")
def cells_are_a_number(folder: Path, notebook: NotebookNode) -> None:
    """A notebook whose cells are a number."""
    (folder / NAME).write_text('{"cells": 5, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', encoding="utf-8")


@submission(points=0, status="failed")
def nested_without_end(folder: Path, notebook: NotebookNode) -> None:
    """JSON nested 100,000 deep, which brings careless readers down."""
    (folder / NAME).write_text("[" * 100_000 + "]" * 100_000, encoding="utf-8")


@submission(points=0, status="failed")
def number_of_5000_digits(folder: Path, notebook: NotebookNode) -> None:
    """A number with more digits than Python reads, which is a ValueError of another kind."""
    path = handed_in(notebook, folder)
    path.write_text('{"x": ' + "9" * 5000 + "," + path.read_text(encoding="utf-8")[1:], encoding="utf-8")


@submission(points=0, status="failed", says="50 MB")
def too_large(folder: Path, notebook: NotebookNode) -> None:
    """A good notebook, padded with spaces to just above the limit."""
    path = handed_in(notebook, folder)
    with path.open("ab") as file:
        file.write(b" " * (50 * 2**20 + 1))


@submission(points=0, status="failed", says="link")
def link_to_the_solution(folder: Path, notebook: NotebookNode) -> None:
    """A link to the instructor's solved notebook, at its usual place."""
    (folder / NAME).symlink_to(SOLUTIONS / LESSON / NAME)


@submission(points=0, status="failed", says="link")
def link_to_a_neighbour(folder: Path, notebook: NotebookNode) -> None:
    """A relative link to another student's notebook."""
    (folder / NAME).symlink_to(f"../../everything_right/{LESSON}/{NAME}")


@submission(points=0, status="failed", says="link")
def link_to_itself(folder: Path, notebook: NotebookNode) -> None:
    """A link that leads to itself."""
    (folder / NAME).symlink_to(NAME)


@submission(points=0, status="failed", says="link")
def folder_is_a_link(folder: Path, notebook: NotebookNode) -> None:
    """Not the notebook but its folder is a link, to another student's."""
    folder.rmdir()
    folder.symlink_to(f"../everything_right/{LESSON}", target_is_directory=True)


@submission(points=0, status="failed")
def a_folder(folder: Path, notebook: NotebookNode) -> None:
    """A folder with the notebook's name, with a notebook in it."""
    (folder / NAME).mkdir()
    handed_in(notebook, folder / NAME)


@submission(points=0, status="failed")
def a_pipe(folder: Path, notebook: NotebookNode) -> None:
    """A named pipe, at which a reader waits for ever."""
    os.mkfifo(folder / NAME)


@submission(points=0, status="failed")
def a_socket(folder: Path, notebook: NotebookNode) -> None:
    """A socket with the notebook's name."""
    # A socket's path may have about 100 bytes, so it is named from within its folder.
    here = os.open(folder, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(f"/proc/self/fd/{here}/{NAME}")
    finally:
        os.close(here)


@submission(points=0)
def another_lesson(folder: Path, notebook: NotebookNode) -> None:
    """The first lesson, handed in under this lesson's name."""
    handed_in(nbformat.read(notebook_path(lesson_names()[0]), as_version=4), folder)
