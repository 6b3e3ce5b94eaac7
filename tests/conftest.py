"""What the tests share: nothing reaches the user's own cache of results, and nothing the network by accident."""

from __future__ import annotations

import os
from typing import Any

import pytest

# Tests load local models only; the one that needs a hub says so by a clear failure instead of a hang.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ["COURSE_SCOREBOARD"] = "/nonexistent/set-COURSE_SCOREBOARD-in-the-test"


def values_asked(session: pytest.Session, parameter: str) -> list[Any]:
    """The values of a parameter in the tests that were chosen to run, so that a shared fixture does no more than that."""
    calls = [item.callspec.params for item in session.items if hasattr(item, "callspec")]
    return list(dict.fromkeys(params[parameter] for params in calls if parameter in params))


@pytest.fixture
def scoreboard_file(tmp_path, monkeypatch):
    """A scoreboard of the test's own."""
    path = tmp_path / "scoreboard.json"
    monkeypatch.setenv("COURSE_SCOREBOARD", str(path))
    return path


@pytest.fixture(scope="session")
def lm():
    """The real model; tests that use it are marked ``model``."""
    from course_lib.models import DEFAULT_MODEL, load_model

    return load_model(DEFAULT_MODEL)


@pytest.fixture(scope="session")
def lesson():
    """The lesson of tests/submissions, as it is graded."""
    from course_lib.grading.grader import Lesson
    from tests.submissions import LESSON

    return Lesson.load(LESSON)


@pytest.fixture(scope="session")
def solved():
    """It, solved by a student; copy it before you change it."""
    from tests.submissions import solved_notebook

    return solved_notebook()
