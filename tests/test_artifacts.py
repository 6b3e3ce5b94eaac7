"""Artifacts: kept between lessons, with a remedy when they are missing or damaged."""

from __future__ import annotations

import pytest

from course_lib.artifacts import artifact_path, load_artifact, save_artifact
from course_lib.errors import CourseError

pytestmark = pytest.mark.usefixtures("scoreboard_file")


def test_what_is_kept_comes_back():
    content = {"name": "fünf Beispiele", "examples": [["wheres my parka", "parka", "order_status"]], "n": 80}
    assert save_artifact("best_prompt", content).exists()
    assert load_artifact("best_prompt") == content
    save_artifact("best_prompt", [1])
    assert load_artifact("best_prompt") == [1]


def test_what_cannot_be_written_leaves_the_old_one():
    save_artifact("best_prompt", {"n": 80})
    with pytest.raises(TypeError):
        save_artifact("best_prompt", {"n": object()})
    assert load_artifact("best_prompt") == {"n": 80}


def test_missing_and_damaged_ones_say_the_remedy():
    with pytest.raises(CourseError, match="run the lesson that makes it first"):
        load_artifact("best_prompt")
    save_artifact("best_prompt", {"n": 80})
    artifact_path("best_prompt").write_text("{", encoding="utf-8")
    with pytest.raises(CourseError, match="damaged"):
        load_artifact("best_prompt")


@pytest.mark.parametrize("name", ["", "../scoreboard", "Best prompt", "a/b"])
def test_a_name_cannot_leave_the_folder(name):
    with pytest.raises(ValueError, match="made of"):
        artifact_path(name)
