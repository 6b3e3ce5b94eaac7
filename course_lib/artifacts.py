"""Artifacts: what a lesson makes and a later one takes up again, such as the student's best prompt."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from course_lib.errors import CourseError
from course_lib.files import write_atomically
from course_lib.scoreboard import scoreboard_path


def artifact_path(name: str) -> Path:
    """The artifact's file, in a folder beside the scoreboard.

    Raises ValueError unless ``name`` is made of a-z, 0-9 and _.
    """
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise ValueError(f"An artifact's name is made of a-z, 0-9 and _; {name!r} is not.")
    return scoreboard_path().parent / "artifacts" / f"{name}.json"


def save_artifact(name: str, content: Any) -> Path:
    """Keep ``content`` (anything that JSON can hold) under ``name``, in place of an older one; returns the file."""
    path = artifact_path(name)
    write_atomically(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
    return path


def load_artifact(name: str) -> Any:
    """What was kept under ``name``. Raises CourseError, with the remedy, if there is none or it is damaged."""
    path = artifact_path(name)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"There is no {name!r} yet ({path}): run the lesson that makes it first.") from None
    except ValueError as error:
        raise CourseError(f"{path} is damaged ({error}). Run the lesson that makes it again.") from error
