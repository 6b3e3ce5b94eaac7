"""Honest work, handed in with an accident: it must get what it is worth."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from course_lib.lessons import notebook_path
from tests.submissions import FULL, LESSON, add_code, graded, handed_in, solution, solutions, submission, tests

WRONG_PARSER = "def parse_ticket(reply, topics=SUPPORT_TOPICS):\n    return tuple(reply.split('|'))"


def _released() -> NotebookNode:
    """The notebook as students get it."""
    return nbformat.read(notebook_path(LESSON), as_version=4)


def _forget(notebook: NotebookNode, *, ids: bool = False) -> None:
    """Drop the nbgrader metadata of every cell, and with ``ids`` the cell ids."""
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        if ids:
            del cell["id"]
    if ids:
        notebook.nbformat_minor = 4


@submission(points=FULL)
def everything_right(folder: Path, notebook: NotebookNode) -> None:
    """Nothing is wrong: the measure for all others."""
    handed_in(notebook, folder)


@submission(points=0, says="is not written yet")
def nothing_done(folder: Path, notebook: NotebookNode) -> None:
    """The release, handed in as it came."""
    handed_in(_released(), folder)


@submission(points=9, says="is not written yet")
def half_done(folder: Path, notebook: NotebookNode) -> None:
    """The first three exercises are solved, the others are as released."""
    for exercise in ("pick_examples", "bootstrap_difference", "my_prompt"):
        solution(notebook, exercise).source = solution(_released(), exercise).source
    handed_in(notebook, folder)


@submission(points=FULL)
def copied_solution(folder: Path, notebook: NotebookNode) -> None:
    """A solution cell copied and pasted, with its metadata and its id."""
    cell = solution(notebook, "parse_ticket")
    notebook.cells.insert(notebook.cells.index(cell), copy.deepcopy(cell))
    handed_in(notebook, folder)


@submission(points=FULL)
def copied_test(folder: Path, notebook: NotebookNode) -> None:
    """A test cell copied to the notebook's top, where nothing is defined."""
    notebook.cells.insert(0, copy.deepcopy(graded(notebook, "test_parse_ticket")))
    handed_in(notebook, folder)


@submission(points=FULL)
def template_kept_below(folder: Path, notebook: NotebookNode) -> None:
    """The exercise as released is pasted back below the solution, to look at the docstring."""
    cell = solution(notebook, "parse_ticket")
    notebook.cells.insert(notebook.cells.index(cell) + 1, copy.deepcopy(solution(_released(), "parse_ticket")))
    handed_in(notebook, folder)


@submission(points=FULL)
def second_attempt_right(folder: Path, notebook: NotebookNode) -> None:
    """A wrong first attempt stands above the right one, both with the same grade id."""
    cell = solution(notebook, "parse_ticket")
    first = copy.deepcopy(cell)
    first.source = WRONG_PARSER
    notebook.cells.insert(notebook.cells.index(cell), first)
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def second_attempt_wrong(folder: Path, notebook: NotebookNode) -> None:
    """A wrong second attempt stands below the right one: run from the top, the wrong one counts."""
    cell = solution(notebook, "parse_ticket")
    second = copy.deepcopy(cell)
    second.source = WRONG_PARSER
    notebook.cells.insert(notebook.cells.index(cell) + 1, second)
    handed_in(notebook, folder)


@submission(points=FULL)
def two_written_answers(folder: Path, notebook: NotebookNode) -> None:
    """The written answer was copied and continued in the copy."""
    cell = graded(notebook, "why_precise")
    again = copy.deepcopy(cell)
    again.source += "\n\nAnd a second thought."
    notebook.cells.insert(notebook.cells.index(cell) + 1, again)
    handed_in(notebook, folder)


@submission(points=FULL)
def deleted_tests(folder: Path, notebook: NotebookNode) -> None:
    """Every test cell was deleted."""
    gone = {cell.id for cell in tests(notebook)}
    notebook.cells = [cell for cell in notebook.cells if cell.id not in gone]
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def deleted_solution(folder: Path, notebook: NotebookNode) -> None:
    """One solution cell was deleted."""
    notebook.cells.remove(solution(notebook, "bootstrap_difference"))
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def emptied_solution(folder: Path, notebook: NotebookNode) -> None:
    """One solution cell is empty."""
    solution(notebook, "score_tickets").source = ""
    handed_in(notebook, folder)


@submission(points=FULL)
def deleted_answer(folder: Path, notebook: NotebookNode) -> None:
    """The written answer's cell was deleted: the tests' points stay."""
    notebook.cells.remove(graded(notebook, "why_precise"))
    handed_in(notebook, folder)


@submission(points=FULL)
def lost_metadata(folder: Path, notebook: NotebookNode) -> None:
    """An editor dropped the nbgrader metadata and kept the cell ids."""
    _forget(notebook)
    handed_in(notebook, folder)


@submission(points=FULL)
def lost_metadata_and_ids(folder: Path, notebook: NotebookNode) -> None:
    """An editor dropped the nbgrader metadata and the cell ids, as old tools do."""
    _forget(notebook, ids=True)
    handed_in(notebook, folder)


@submission(points=FULL)
def saved_by_colab(folder: Path, notebook: NotebookNode) -> None:
    """Saved by an online service: no nbgrader metadata, cell ids or tags, ids of its own, lines in lists."""
    _forget(notebook, ids=True)
    notebook.nbformat_minor = 0
    notebook.metadata = {"colab": {"provenance": [], "toc_visible": True}, "kernelspec": {"name": "python3"}}
    for number, cell in enumerate(notebook.cells):
        cell.metadata = {"id": f"aB{number:010}", "colab": {"base_uri": "https://localhost:8080/"}}
        cell.source = cell.source.splitlines(keepends=True)
    handed_in(notebook, folder)


@submission(points=FULL)
def other_kernel_name(folder: Path, notebook: NotebookNode) -> None:
    """The notebook names a kernel that only the student has."""
    notebook.metadata.kernelspec = {"name": "conda-env-ml-py", "display_name": "ml", "language": "python"}
    handed_in(notebook, folder)


@submission(points=FULL)
def no_metadata_at_all(folder: Path, notebook: NotebookNode) -> None:
    """The notebook's own metadata are empty: no kernel, no language."""
    notebook.metadata = {}
    handed_in(notebook, folder)


@submission(points=FULL)
def solution_as_markdown(folder: Path, notebook: NotebookNode) -> None:
    """M was pressed in a solution cell, so that it became text."""
    cell = solution(notebook, "parse_ticket")
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]
    handed_in(notebook, folder)


@submission(points=FULL)
def solution_as_raw(folder: Path, notebook: NotebookNode) -> None:
    """R was pressed in a solution cell."""
    cell = solution(notebook, "parse_ticket")
    cell.cell_type = "raw"
    del cell["outputs"], cell["execution_count"]
    handed_in(notebook, folder)


@submission(points=FULL)
def markdown_test(folder: Path, notebook: NotebookNode) -> None:
    """M was pressed in a test cell."""
    cell = graded(notebook, "test_parse_ticket")
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]
    handed_in(notebook, folder)


@submission(points=FULL)
def answer_as_code(folder: Path, notebook: NotebookNode) -> None:
    """Y was pressed in the written answer: its words are no Python."""
    cell = graded(notebook, "why_precise")
    cell.cell_type, cell.outputs, cell.execution_count = "code", [], None
    handed_in(notebook, folder)


@submission(points=FULL)
def cells_upside_down(folder: Path, notebook: NotebookNode) -> None:
    """The cells stand in the opposite order."""
    notebook.cells.reverse()
    handed_in(notebook, folder)


@submission(points=FULL)
def split_solution(folder: Path, notebook: NotebookNode) -> None:
    """A solution was split in two, which copies the metadata: a constant above, the function that uses it below."""
    cell = solution(notebook, "parse_ticket")
    upper = copy.deepcopy(cell)
    upper.source, upper.id = "BAR = '|'", "upper-half"
    cell.source = cell.source.replace('"|"', "BAR")
    notebook.cells.insert(notebook.cells.index(cell), upper)
    handed_in(notebook, folder)


@submission(points=FULL)
def solution_merged_with_test(folder: Path, notebook: NotebookNode) -> None:
    """A solution was merged with the test below it, which is gone as a cell of its own."""
    cell, test = solution(notebook, "parse_ticket"), graded(notebook, "test_parse_ticket")
    cell.source += "\n\n" + test.source
    notebook.cells.remove(test)
    handed_in(notebook, folder)


@submission(points=FULL)
def two_solutions_merged(folder: Path, notebook: NotebookNode) -> None:
    """The second of two exercises is defined in the first one's cell, and its own cell is gone."""
    cell, other = solution(notebook, "parse_ticket"), solution(notebook, "score_tickets")
    cell.source += "\n\n\n" + other.source
    notebook.cells.remove(other)
    handed_in(notebook, folder)


@submission(points=FULL)
def helper_in_own_cell(folder: Path, notebook: NotebookNode) -> None:
    """A solution uses a helper from a cell that the student added above it."""
    add_code(notebook, "test_build_prompt_hidden", "def bars(line):\n    return line.split('|')[:2]")
    cell = solution(notebook, "parse_ticket")
    cell.source = cell.source.replace('line.split("|")[:2]', "bars(line)")
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def helper_too_late(folder: Path, notebook: NotebookNode) -> None:
    """A solution uses a constant from a cell below the tests: it worked only in the order in which it was run."""
    cell = solution(notebook, "parse_ticket")
    cell.source = cell.source.replace('"|"', "BAR")
    add_code(notebook, "test_parse_ticket_hidden", "BAR = '|'")
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def renamed_function(folder: Path, notebook: NotebookNode) -> None:
    """A function has another name than its exercise."""
    cell = solution(notebook, "parse_ticket")
    cell.source = cell.source.replace("def parse_ticket", "def parse_the_ticket")
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def syntax_error(folder: Path, notebook: NotebookNode) -> None:
    """A bracket is missing in one solution: the others count."""
    solution(notebook, "parse_ticket").source += "\nprint(("
    handed_in(notebook, folder)


@submission(points=FULL)
def error_in_own_cell(folder: Path, notebook: NotebookNode) -> None:
    """A cell that the student added for trying things out ends in an error."""
    add_code(notebook, "setup", "1 / 0")
    handed_in(notebook, folder)


@submission(points=FULL)
def warnings_everywhere(folder: Path, notebook: NotebookNode) -> None:
    """The functions warn, log and print on stderr, and warnings are shown every time."""
    add_code(
        notebook,
        "setup",
        "import logging, sys, warnings\nlogging.basicConfig(level=10)\nwarnings.simplefilter('always')",
    )
    for exercise, cell in solutions(notebook):
        cell.source += f"""

def _noisy(function):
    def noisy(*args, **kwargs):
        warnings.warn("deprecated")
        logging.error("called")
        print("called", file=sys.stderr)
        return function(*args, **kwargs)
    return noisy

{exercise} = _noisy({exercise})"""
    handed_in(notebook, folder)


@submission(points=FULL)
def warnings_as_errors(folder: Path, notebook: NotebookNode) -> None:
    """The student turned warnings into errors."""
    add_code(notebook, "setup", "import warnings\nwarnings.simplefilter('error')")
    handed_in(notebook, folder)


@submission(points=FULL)
def stdout_thrown_away(folder: Path, notebook: NotebookNode) -> None:
    """The student sent stdout and stderr to nowhere and closed the old ones."""
    add_code(
        notebook,
        "setup",
        """
        import os, sys
        sys.stdout.close()
        sys.stdout = sys.stderr = open(os.devnull, "w")
        """,
    )
    handed_in(notebook, folder)


@submission(points=FULL)
def own_names_for_builtins(folder: Path, notebook: NotebookNode) -> None:
    """Variables called sum, sorted and set: tests that ran in the student's namespace would break."""
    add_code(notebook, "setup", "sum = 3\nsorted = [1, 2]\nset = 'a set'")
    handed_in(notebook, folder)


@submission(points=FULL)
def own_names_for_checks(folder: Path, notebook: NotebookNode) -> None:
    """Variables that happen to be called passed, call and picked, as the checks or their variables are."""
    add_code(notebook, "setup", "passed = 0\ncall = 'the model'\npicked = None\npassed += 1")
    handed_in(notebook, folder)


@submission(points=FULL)
def other_folder(folder: Path, notebook: NotebookNode) -> None:
    """The student changed the working folder."""
    add_code(notebook, "setup", "import os\nos.chdir('/')")
    handed_in(notebook, folder)


@submission(points=FULL)
def magics(folder: Path, notebook: NotebookNode) -> None:
    """Magic commands, one of them on top of a solution, and a shell command that needs the network."""
    add_code(notebook, "setup", "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n!pip install --dry-run emoji")
    cell = solution(notebook, "parse_ticket")
    cell.source = "%%time\n" + cell.source
    handed_in(notebook, folder)


@submission(points=FULL)
def reset_at_the_end(folder: Path, notebook: NotebookNode) -> None:
    """The last cell clears all variables."""
    add_code(notebook, "test_my_prompt_hidden", "%reset -f")
    handed_in(notebook, folder)


@submission(points=FULL)
def changed_setup(folder: Path, notebook: NotebookNode) -> None:
    """The locked first cell was cut down: it comes back."""
    graded(notebook, "setup").source = "import numpy as np"
    handed_in(notebook, folder)


@submission(points=FULL)
def numpy_in_results(folder: Path, notebook: NotebookNode) -> None:
    """Results are made of NumPy's own numbers and truth values, which count as equal."""
    solution(notebook, "bootstrap_difference").source += """

_plain = bootstrap_difference

def bootstrap_difference(*args, **kwargs):
    return tuple(np.float64(value) for value in _plain(*args, **kwargs))"""
    solution(notebook, "score_tickets").source += """

_lists = score_tickets

def score_tickets(predicted, truth):
    return {key: [np.bool_(value) for value in values] for key, values in _lists(predicted, truth).items()}"""
    handed_in(notebook, folder)


@submission(points=FULL)
def kinds_of_dictionary(folder: Path, notebook: NotebookNode) -> None:
    """A result is a defaultdict, which is a dictionary."""
    solution(notebook, "score_tickets").source += """

import collections
_plain = score_tickets

def score_tickets(predicted, truth):
    return collections.defaultdict(list, _plain(predicted, truth))"""
    handed_in(notebook, folder)


@submission(points=FULL)
def own_exception_class(folder: Path, notebook: NotebookNode) -> None:
    """Bad input raises the student's own kind of ValueError."""
    cell = solution(notebook, "score_tickets")
    cell.source = "class LengthError(ValueError):\n    pass\n\n\n" + cell.source.replace(
        "raise ValueError", "raise LengthError"
    )
    handed_in(notebook, folder)


@submission(points=FULL)
def function_in_other_form(folder: Path, notebook: NotebookNode) -> None:
    """One function is a cached one, one an object with __call__, one a lambda."""
    cell = solution(notebook, "parse_ticket")
    cell.source = "import functools\n\n\n@functools.lru_cache\n" + cell.source
    solution(notebook, "score_tickets").source += """

class Scorer:
    def __init__(self, function):
        self.function = function
    def __call__(self, *args):
        return self.function(*args)

score_tickets = Scorer(score_tickets)"""
    solution(notebook, "my_prompt").source += "\n\n_mine = my_prompt\nmy_prompt = lambda message: _mine(message)"
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def asynchronous_function(folder: Path, notebook: NotebookNode) -> None:
    """A function is async and returns a coroutine instead of a result."""
    cell = solution(notebook, "parse_ticket")
    cell.source = cell.source.replace("def parse_ticket", "async def parse_ticket")
    handed_in(notebook, folder)


@submission(points=FULL - 3, says="Return the prompt")
def printed_not_returned(folder: Path, notebook: NotebookNode) -> None:
    """A function prints its result instead of returning it."""
    cell = solution(notebook, "my_prompt")
    cell.source = cell.source.replace("return build_prompt(", "print(build_prompt(") + ")"
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def endless_recursion(folder: Path, notebook: NotebookNode) -> None:
    """A function calls itself for ever."""
    solution(notebook, "parse_ticket").source = "def parse_ticket(reply, topics=None):\n    return parse_ticket(reply)"
    handed_in(notebook, folder)


@submission(points=FULL - 3, says="input")
def changed_its_input(folder: Path, notebook: NotebookNode) -> None:
    """A function empties the lists that it is given, with the right result."""
    solution(notebook, "score_tickets").source += """

_plain = score_tickets

def score_tickets(predicted, truth):
    result = _plain(predicted, truth)
    truth.clear()
    return result"""
    handed_in(notebook, folder)


@submission(points=FULL)
def module_names_beside(folder: Path, notebook: NotebookNode) -> None:
    """Files of the student's own happen to be called like modules."""
    for name in ("random.py", "numpy.py", "torch.py", "json.py"):
        (folder / name).write_text("raise ImportError('this is only my exercise file')\n", encoding="utf-8")
    handed_in(notebook, folder)


@submission(points=FULL)
def byte_order_mark(folder: Path, notebook: NotebookNode) -> None:
    """Saved by an editor that begins UTF-8 with a byte order mark."""
    path = handed_in(notebook, folder)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


@submission(points=FULL)
def utf_16(folder: Path, notebook: NotebookNode) -> None:
    """Saved by an editor that writes UTF-16."""
    path = handed_in(notebook, folder)
    path.write_bytes(json.dumps(notebook, ensure_ascii=False).encode("utf-16"))


@submission(points=FULL)
def latin_1(folder: Path, notebook: NotebookNode) -> None:
    """A byte of Latin-1 stands in the text of a cell, so that the file is no UTF-8."""
    path = handed_in(notebook, folder)
    path.write_bytes(path.read_bytes().replace(b"Northwind", b"Caf\xe9 Northwind", 1))


@submission(points=FULL)
def windows_line_ends(folder: Path, notebook: NotebookNode) -> None:
    """Windows line ends in the file and in the cells."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    path = handed_in(notebook, folder)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


@submission(points=FULL)
def old_notebook_format(folder: Path, notebook: NotebookNode) -> None:
    """Saved in notebook format 3, of 2013."""
    old = nbformat.convert(notebook, 3)
    (folder / f"{LESSON}.ipynb").write_text(json.dumps(old), encoding="utf-8")


@submission(points=FULL)
def other_schema_versions(folder: Path, notebook: NotebookNode) -> None:
    """The nbgrader metadata carry schema versions that nbgrader refuses."""
    for number, cell in enumerate(cell for cell in notebook.cells if "nbgrader" in cell.metadata):
        cell.metadata.nbgrader.schema_version = (0, 1, 2, 99, "3", None)[number % 6]
    handed_in(notebook, folder)


@submission(points=FULL)
def odd_fields(folder: Path, notebook: NotebookNode) -> None:
    """A home-made tool left out outputs, wrote null for the metadata of texts and words for counts."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata:
            cell.metadata = None
        if cell.cell_type == "code":
            cell.pop("outputs")
            cell.execution_count = "not run"
    handed_in(notebook, folder)


@submission(points=FULL)
def copy_beside(folder: Path, notebook: NotebookNode) -> None:
    """The release, a checkpoint and the student's notes lie beside the notebook."""
    handed_in(notebook, folder)
    handed_in(_released(), folder, f"{LESSON}-Copy1.ipynb")
    (folder / ".ipynb_checkpoints").mkdir()
    handed_in(_released(), folder / ".ipynb_checkpoints", f"{LESSON}-checkpoint.ipynb")
    (folder / "notes.txt").write_text("ask about the bootstrap\n", encoding="utf-8")


@submission(points=FULL)
def other_file_name(folder: Path, notebook: NotebookNode) -> None:
    """The only notebook has the name that a browser gives a second download."""
    handed_in(notebook, folder, f"{LESSON} (1).ipynb")


@submission(points=FULL)
def own_cells_between(folder: Path, notebook: NotebookNode) -> None:
    """Notes and tries of the student's own stand between all cells, some under one and the same id."""
    for at in range(len(notebook.cells), 0, -1):
        notebook.cells.insert(at, new_markdown_cell("A note to myself.", id="note"))
    handed_in(notebook, folder)
