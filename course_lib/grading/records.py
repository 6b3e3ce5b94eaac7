"""What the grader notes of each submission, beside nbgrader's gradebook: one JSON file in ``grading/LESSON/``.

The note is written last, after the gradebook. So a submission without a note is not graded yet, whatever an earlier
run that was killed may have left behind, and one whose note names the same content and lesson need not be graded again.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from course_lib.files import write_atomically


@dataclass(frozen=True)
class Flag:
    """Something for a person to look at: the test's grade id ("" for the whole notebook), and why."""

    cell: str
    reason: str


@dataclass(frozen=True)
class Record:
    """One submission. ``status`` is "graded" or "failed", and ``reason`` says in a sentence why it failed; points are
    the automatic ones; ``submitted`` is the time in ISO 8601, or empty; ``digest`` names the submission's content, and
    ``release`` the lesson with which it was graded."""

    student: str
    lesson: str
    status: str
    reason: str = ""
    points: float = 0.0
    max_points: float = 0.0
    needs_manual: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = ()
    submitted: str = ""
    digest: str = ""
    release: str = ""

    def save(self, root: Path) -> None:
        """Write the record to its place below the course's folder ``root``."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"
        write_atomically(folder(root, self.lesson) / f"{self.student}.json", text)


def folder(root: Path, lesson: str) -> Path:
    """Where a lesson's records are."""
    return root / "grading" / lesson


def load(root: Path, lesson: str) -> dict[str, Record]:
    """All records of a lesson, by student. A file that is none (damaged by hand, say) counts as not there."""
    found = {}
    for path in sorted(folder(root, lesson).glob("*.json")):
        with suppress(ValueError, TypeError, KeyError):
            told = json.loads(path.read_text(encoding="utf-8"))
            told["flags"] = tuple(Flag(**flag) for flag in told["flags"])
            told["needs_manual"], told["notes"] = tuple(told["needs_manual"]), tuple(told["notes"])
            found[told["student"]] = Record(**told)
    return found
