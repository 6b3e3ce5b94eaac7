"""Rating: people compare two replies without knowing who wrote them, and every judgement is on disk at once.

One CSV file holds a rater's sheet. The widget fills it in, and so does any editor: nobody needs a mouse, or a notebook.
Which system wrote which reply stands nowhere in the file; the two change places from pair to pair, because raters
favour a place (https://arxiv.org/abs/2306.05685, section 3.3, on language models that judge; people do it, too).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.files import write_atomically

if TYPE_CHECKING:
    from ipywidgets import VBox

COLUMNS = ("pair", "customer", "rule", "reply A", "reply B", "choice")
CHOICES = {"a": "A", "b": "B", "t": "tie"}
"""What a rater types or clicks, and how it reads."""


class RatingSheet:
    """One rater's judgements of ``pairs``, kept in the CSV file ``path``.

    Each pair is a mapping with ``id``, ``customer`` (the message), ``rule`` (what the reply must keep to) and the
    replies ``first`` and ``second``; ids are texts, and different. ``seed`` decides which of the two is shown as A.

    An existing file is taken up where it was left: its choices are read, and everything else in it is ours. Raises
    CourseError if it was made from other pairs, or holds a choice that is none.
    """

    def __init__(self, pairs: Sequence[Mapping[str, str]], path: str | Path, seed: int = 0) -> None:
        self.pairs, self.path, self.seed = list(pairs), Path(path), seed
        self._choices: dict[str, str] = dict.fromkeys((pair["id"] for pair in self.pairs), "")
        if len(self._choices) < len(self.pairs) or not self.pairs:
            raise ValueError("A rating sheet needs pairs, at least one, each with an id of its own.")
        if self.path.exists():
            self._choices |= self._read()
        else:
            self._save()

    def swapped(self, pair_id: str) -> bool:
        """Whether ``second`` is shown as A. Depends on seed and id alone, so that a sheet can be taken up again."""
        return hashlib.sha256(f"{self.seed} {pair_id}".encode()).digest()[0] % 2 == 1

    def shown(self, pair: Mapping[str, str]) -> tuple[str, str]:
        """The replies as A and as B."""
        return (pair["second"], pair["first"]) if self.swapped(pair["id"]) else (pair["first"], pair["second"])

    def rate(self, pair_id: str, choice: str) -> None:
        """Note a choice (``a``, ``b``, ``t``, or an empty text to take it back) and save the sheet."""
        if pair_id not in self._choices:
            raise ValueError(f"There is no pair {pair_id!r} on this sheet.")
        if choice not in ("", *CHOICES):
            raise ValueError(f"A choice is one of {', '.join(CHOICES)}, or empty; {choice!r} is none.")
        self._choices[pair_id] = choice
        self._save()

    def ratings(self) -> list[dict[str, Any]]:
        """A row for each pair: ``pair`` (its id), ``winner`` ("first", "second", "tie", or None if not rated) and
        ``place`` ("A", "B", "tie" or None): what the rater chose, without and with the place where it stood."""
        rows = []
        for pair in self.pairs:
            choice, swapped = self._choices[pair["id"]], self.swapped(pair["id"])
            winner = {"t": "tie", "a": "second" if swapped else "first", "b": "first" if swapped else "second"}
            rows.append({"pair": pair["id"], "winner": winner.get(choice), "place": CHOICES.get(choice)})
        return rows

    @property
    def rated(self) -> int:
        """How many pairs have a choice."""
        return sum(map(bool, self._choices.values()))

    def _save(self) -> None:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(COLUMNS)
        for pair in self.pairs:
            writer.writerow([pair["id"], pair["customer"], pair["rule"], *self.shown(pair), self._choices[pair["id"]]])
        write_atomically(self.path, buffer.getvalue())

    def _read(self) -> dict[str, str]:
        try:
            rows = list(csv.DictReader(self.path.read_text(encoding="utf-8-sig").splitlines(keepends=True)))
        except (UnicodeDecodeError, csv.Error) as error:
            raise CourseError(
                f"{self.path} cannot be read ({error}): save it as CSV in UTF-8, or move it away."
            ) from None
        found: dict[str, str] = {}
        for line, row in enumerate(rows, start=2):
            if row.get("pair") not in self._choices or row["pair"] in found:
                raise CourseError(
                    f"{self.path}, row {line}: {row.get('pair')!r} is no pair of this sheet, or there twice. Move "
                    "the file away to begin a new sheet."
                )
            choice = (row.get("choice") or "").strip().lower()
            choice = "t" if choice == "tie" else choice
            if choice not in ("", *CHOICES):
                raise CourseError(f"{self.path}, row {line}: write a, b or t under choice; {choice!r} is none of them.")
            found[row["pair"]] = choice
        return found


def rating_widget(sheet: RatingSheet) -> VBox:
    """A form that shows one pair after the other, beginning with the first that has no choice yet.

    Three buttons choose; so does one key, A, B or T, in the text field below them, without a mouse. *Back* shows the
    pair before, whose choice may be changed. Every choice is saved before the next pair is shown.
    """
    import ipywidgets as widgets

    place = {"now": next((i for i, row in enumerate(sheet.ratings()) if row["winner"] is None), len(sheet.pairs))}
    head, case = widgets.HTML(), widgets.HTML()
    replies = {letter: widgets.HTML(layout=widgets.Layout(width="48%")) for letter in "AB"}
    buttons = {
        "a": widgets.Button(description="A is better", tooltip="Reply A is better (key A)"),
        "b": widgets.Button(description="B is better", tooltip="Reply B is better (key B)"),
        "t": widgets.Button(description="Tie", tooltip="Equally good or bad (key T)"),
        "back": widgets.Button(description="Back", tooltip="Show the pair before"),
    }
    key = widgets.Text(description="or type", placeholder="a, b or t", continuous_update=True)

    def show() -> None:
        number, done = place["now"], place["now"] >= len(sheet.pairs)
        head.value = (
            f"<p role='status'><b>All {len(sheet.pairs)} pairs are rated.</b> Saved in {_escape(str(sheet.path))}</p>"
            if done
            else f"<p role='status'><b>Pair {number + 1} of {len(sheet.pairs)}</b>, {sheet.rated} rated and saved</p>"
        )
        for choice in CHOICES:
            buttons[choice].disabled = done
        buttons["back"].disabled = number == 0
        key.disabled = done
        if done:
            case.value = replies["A"].value = replies["B"].value = ""
            return
        pair = sheet.pairs[number]
        chosen = sheet.ratings()[number]["place"]
        note = f"<p>Chosen before: {chosen}</p>" if chosen else ""
        case.value = (
            f"<p><b>Customer:</b> {_escape(pair['customer'])}</p><p><b>Rule:</b> {_escape(pair['rule'])}</p>{note}"
        )
        for letter, text in zip("AB", sheet.shown(pair), strict=True):
            replies[letter].value = f"<p><b>Reply {letter}</b></p><p>{_escape(text)}</p>"

    def choose(choice: str) -> None:
        if choice in CHOICES and place["now"] < len(sheet.pairs):
            sheet.rate(sheet.pairs[place["now"]]["id"], choice)
            place["now"] += 1
            show()

    def back(_: Any) -> None:
        place["now"] -= 1
        show()

    def typed(change: Mapping[str, Any]) -> None:
        text = change["new"].strip().lower()
        if text:
            key.value = ""
            choose(text[-1])

    for choice in CHOICES:
        buttons[choice].on_click(lambda _, choice=choice: choose(choice))
    buttons["back"].on_click(back)
    key.observe(typed, names="value")
    show()
    return widgets.VBox([head, case, widgets.HBox(list(replies.values())), widgets.HBox(list(buttons.values())), key])


def _escape(text: str) -> str:
    import html

    return html.escape(text).replace("\n", "<br>")
