"""A view of the tokens that a text is cut into: as strings, as HTML, and as a widget to type in."""

from __future__ import annotations

import html
import itertools
import re
from typing import TYPE_CHECKING

from course_lib.models import LanguageModel, default_model

if TYPE_CHECKING:
    from ipywidgets import VBox

_STYLES = (
    "background: #cde7f5; border-bottom: 3px solid #0072b2",
    "background: #fbe6bd; border-bottom: 3px dashed #8a5a00",
)
"""Blue and orange for those who see colours, also the colour-blind; solid and dashed for those who see none."""
_WHITE = {" ": ("·", "space"), "\n": ("⏎", "new line"), "\t": ("⇥", "tab")}
"""White space: the sign that makes it visible, and its name."""


def pieces(text: str, lm: LanguageModel | None = None) -> list[str]:
    """What each token of ``text`` stands for: one string for each token. Joined, they are the text.

    A character outside ASCII is several bytes (in UTF-8), and a token may hold some of them only. Each such byte is
    shown in hexadecimal between single pointed quotes; with those of the neighbouring pieces it is the character.
    """
    return [
        re.sub("[\udc80-\udcff]", _in_hexadecimal, part.decode("utf-8", errors="surrogateescape"))
        for part in _token_bytes(text, lm or default_model())
    ]


def show_pieces(text: str, lm: LanguageModel | None = None) -> str:
    """HTML, for ``IPython.display.HTML``: the pieces of ``text`` in boxes, and below them how many there are.

    White space is made visible. Neighbouring boxes differ in their colour and in the line under them; a screen
    reader meets a list with one entry for each piece.
    """
    found = pieces(text, lm)
    boxes = "".join(_box(piece, style) for piece, style in zip(found, itertools.cycle(_STYLES)))
    counts = [_count(len(text), "character"), _count(len(text.split()), "word"), _count(len(found), "token")]
    legend = [f"{sign} is a {name}" for white, (sign, name) in _WHITE.items() if white in text]
    if "".join(found) != text:
        legend.append("‹…› is a byte of a character that is split over several tokens")
    caption = " · ".join(counts) + (f" ({'; '.join(legend)})" if legend else "")
    return (
        f'<div role="list" aria-label="tokens" style="font-family: monospace; line-height: 2.2">{boxes}</div>'
        f"<p>{caption}</p>"
    )


def token_view(text: str = "wheres my parka", lm: LanguageModel | None = None) -> VBox:
    """A text area to type in, with the pieces of its text below, which follow every key."""
    import ipywidgets

    lm = lm or default_model()
    area = ipywidgets.Textarea(text, description="Text", rows=3, layout=ipywidgets.Layout(width="95%"))
    view = ipywidgets.HTML(show_pieces(text, lm))

    def update(change: dict) -> None:
        view.value = show_pieces(change["new"], lm)

    area.observe(update, names="value")
    return ipywidgets.VBox([area, view])


def _token_bytes(text: str, lm: LanguageModel) -> list[bytes]:
    """The bytes of each token, in order.

    A byte-level tokenizer spells a token with one sign for each of its bytes
    (https://huggingface.co/docs/tokenizers/api/pre-tokenizers, ByteLevel), so the lengths of the spellings say where
    the text's bytes are cut. The tokens of any other tokenizer are decoded one by one.
    """
    ids = lm.tokenizer(text, add_special_tokens=False)["input_ids"]
    ends = list(itertools.accumulate(map(len, lm.tokenizer.convert_ids_to_tokens(ids)), initial=0))
    whole = text.encode()
    if ends[-1] != len(whole):
        return [lm.tokenizer.decode([token]).encode() for token in ids]
    return [whole[begin:end] for begin, end in itertools.pairwise(ends)]


def _in_hexadecimal(match: re.Match[str]) -> str:
    return f"‹{ord(match[0]) - 0xDC00:02X}›"


def _box(piece: str, style: str) -> str:
    seen, spoken = html.escape(piece), html.escape(piece)
    for white, (sign, name) in _WHITE.items():
        seen, spoken = seen.replace(white, sign), spoken.replace(white, f"({name})")
    return (
        f'<span role="listitem" aria-label="{spoken}" style="color: #111; padding: 2px 1px; margin: 1px; {style}">'
        f"{seen}</span>{'<br>' * piece.count(chr(10))}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
