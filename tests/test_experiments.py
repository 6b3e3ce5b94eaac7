"""Long experiments: what is recorded is on the data of today, complete, and says where it comes from."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from course_lib import experiments, forgetting
from course_lib.data import (
    as_rows,
    load_blind_ratings,
    load_general_questions,
    load_paraphrases,
    load_policy,
    load_prediagnosis,
    load_preferences,
    load_probe,
    load_support,
)
from course_lib.errors import CourseError
from course_lib.lessons import ROOT
from course_lib.models import load_model
from course_lib.scoring import score_choices
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


def test_blind_ratings_are_of_the_recorded_replies():
    before, after, _ = experiments.recorded("preference_tuning").rows
    assert before["ids"] == after["ids"] == [row["id"] for row in experiments.preference_dev()]
    differ = [
        i for i, *texts in zip(before["ids"], before["replies"], after["replies"], strict=True) if len(set(texts)) > 1
    ]
    ratings = load_blind_ratings()
    assert [row["ticket"] for row in ratings] == differ[:24]
    assert {(row["winner"], row["place"]) for row in ratings} <= {
        (winner, place) for winner in ("before", "after") for place in "AB"
    } | {("tie", "tie")}


def test_changed_rules_change_the_two_periods_only():
    old, new = load_policy(), experiments.changed_rules()
    assert {number for number in old if old[number] != new[number]} == {"P01", "P11"}
    assert all("14 days" in new[n] and "30 days" not in new[n] for n in ("P01", "P11"))


def test_preference_rows_leave_ties_out():
    pairs = load_preferences()[:3]
    rows = experiments.preference_rows(pairs, ["second", "tie", None])
    assert rows == [
        {
            "prompt": f"Rule: {pairs[0]['rule']}\nCustomer: {pairs[0]['customer']}\nNorthwind Threads:",
            "chosen": f" {pairs[0]['second']}",
            "rejected": f" {pairs[0]['first']}",
        }
    ]


def test_copied_share():
    rule = "A return is free in the UK."
    assert experiments.copied_share("A return is free in the UK!", rule) == 1
    assert experiments.copied_share("Sorry, a return is free.", rule) == pytest.approx(2 / 3)
    assert experiments.copied_share("Yes.", rule) == 0


def test_reply_split_is_disjoint_and_even():
    tune, rate = experiments.reply_split()
    assert (len(tune), len(rate)) == (240, 160)
    assert not {row["id"] for row in tune} & {row["id"] for row in rate}
    assert {pair["ticket"] for pair in load_preferences()} <= {row["id"] for row in rate}
    assert set(Counter(row["topic"] for row in tune).values()) == {30}


def test_paraphrases_keep_the_item():
    tickets = {row["id"]: row for row in as_rows(load_support()["dev"])}
    rows = load_paraphrases()
    assert Counter(row["style"] for row in rows) == {"short": 16, "formal": 16, "rambling": 16}
    for row in rows:
        assert re.search(rf"\b{re.escape(tickets[row['ticket']]['item'])}", row["message"].lower()), row


@pytest.mark.model
def test_reply_model_comes_with_the_course_and_learned_its_rows(lm):
    """The shipped adapter fits the default model, and made the replies it was trained on likelier."""
    tuned = experiments.reply_model(lm)
    rows = experiments.reply_rows(experiments.reply_split()[0][:4], with_rule=True)
    gains = [
        float(score_choices([row["prompt"]], [row["completion"]], lm=model)[0, 0])
        for row in rows
        for model in (lm, tuned)
    ]
    assert all(after > before for before, after in zip(gains[::2], gains[1::2], strict=True))


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
