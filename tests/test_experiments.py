"""Long experiments: what is recorded is on the data of today, complete, and says where it comes from."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from course_lib import experiments, forgetting
from course_lib.data import as_rows, load_general_questions, load_prediagnosis, load_probe
from course_lib.errors import CourseError
from course_lib.lessons import ROOT
from course_lib.models import load_model
from tests.test_cli import course
from tests.tiny import save_tiny_model


@pytest.mark.parametrize("name", experiments.EXPERIMENTS)
def test_recorded_experiment_is_of_the_data_of_today(name):
    found = experiments.recorded(name)
    assert found.name == name
    assert found.data == experiments.data_digest(name), f"the data changed: run `course experiment {name} --record`"
    assert found.rows
    assert re.fullmatch(
        rf"Recorded \d{{4}}-\d\d-\d\d by `course experiment {name} --record` \(\S+, \d+ processor cores, \d+ minutes\)\.",
        found.provenance,
    )


def test_every_recorded_file_has_an_experiment():
    assert {path.stem for path in experiments.RECORDED.glob("*")} == set(experiments.EXPERIMENTS)


def test_classical_results_are_what_was_recorded():
    """The cheap half of the learning curve, computed again here."""
    data = load_prediagnosis()
    train, dev = as_rows(data["train"]), as_rows(data["dev"])
    rows = [row for row in experiments.recorded("learning_curve").rows if row["system"] == "TF-IDF"]
    assert rows
    for row in rows:
        assert row["hits"] == experiments.classical_hits(experiments.balanced(train, row["rows"], row["seed"]), dev)


def test_balanced_rows_are_even_and_seeded():
    rows = as_rows(load_prediagnosis()["train"])
    chosen = experiments.balanced(rows, 40, seed=1)
    counts = Counter(row["condition"] for row in chosen)
    assert sum(counts.values()) == 40 and set(counts.values()) == {3, 4}
    assert chosen == experiments.balanced(rows, 40, seed=1) != experiments.balanced(rows, 40, seed=2)
    assert chosen == experiments.balanced(rows, 160, seed=1)[:40]  # a smaller set is part of a larger one
    assert rows == as_rows(load_prediagnosis()["train"])


def test_record_and_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(experiments, "RECORDED", tmp_path)
    monkeypatch.setitem(experiments.EXPERIMENTS, "short", lambda lm: iter([{"rows": 1, "hits": [0, 1]}, {"rows": 2}]))
    monkeypatch.setattr("course_lib.models.default_model", lambda: load_model(str(save_tiny_model(tmp_path / "tiny"))))
    done = experiments.run("short")
    experiments.record(done)
    assert experiments.recorded("short") == done
    assert done.rows == [{"rows": 1, "hits": [0, 1]}, {"rows": 2}]
    with pytest.raises(CourseError, match="course experiment label_noise --record"):
        experiments.recorded("label_noise")
    with pytest.raises(ValueError, match="no experiment 'none'"):
        experiments.run("none")


def test_probe_is_complete():
    probe = load_probe()
    assert Counter(row["area"] for row in probe) == {"general": 8, "shop": 8, "clinic": 8}
    assert len({row["question"] for row in probe}) == len({row["id"] for row in probe}) == 24
    assert all(row["accepted"] for row in probe)


def test_questions_to_mix_in_are_not_those_of_the_probe():
    questions = load_general_questions()
    assert len(set(questions)) == 40
    assert not set(questions) & {row["question"] for row in load_probe()}


@pytest.mark.parametrize(
    ("answer", "right"),
    [("It is Paris.", True), ("paris", True), ("Parisian", False), ("", False), ("the Eiffel tower", False)],
)
def test_an_answer_is_right_if_an_accepted_word_stands_in_it(answer, right):
    assert forgetting.is_right(answer, ["Paris", "Lutetia"]) is right


def test_ledger_keeps_trainings_in_order_and_replaces(tmp_path, scoreboard_file):
    assert forgetting.ledger() == []
    answers = forgetting.ask(load_model(str(save_tiny_model(tmp_path / "tiny"))), progress=False)
    assert [row["id"] for row in answers] == [row["id"] for row in load_probe()]
    assert all(isinstance(row["answer"], str) and row["right"] in (True, False) for row in answers)
    forgetting.note("untouched", answers)
    forgetting.note("tickets", answers[:2])
    forgetting.note("untouched", answers[:1])
    assert forgetting.ledger() == [("untouched", answers[:1]), ("tickets", answers[:2])]


def test_command_lists_experiments_and_knows_no_others():
    listed = course("experiment")
    assert all(f"course experiment {name} --record" in listed.stdout for name in experiments.EXPERIMENTS)
    assert "There is no experiment" in course("experiment", "nonsense").stderr


def test_package_carries_the_recorded_files():
    assert '"recorded/*.json"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
