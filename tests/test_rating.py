"""The rating sheet: blind, saved after every choice, resumable, and as good in an editor as in the widget."""

from __future__ import annotations

import csv

import pytest

from course_lib.data import load_preferences
from course_lib.errors import CourseError
from course_lib.rating import RatingSheet, rating_widget

PAIRS = [
    {"id": f"P{n}", "customer": f"question {n}, <b>bold</b>\nand \"quoted\"", "rule": "Be true.",
     "first": f"one {n}", "second": f"two {n}"}
    for n in range(12)
]  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ratings.csv"


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_file_does_not_say_who_wrote_what_and_both_orders_occur(path):
    sheet = RatingSheet(PAIRS, path)
    rows = table(path)
    assert list(rows[0]) == ["pair", "customer", "rule", "reply A", "reply B", "choice"]
    assert [(row["reply A"], row["reply B"]) for row in rows] == [sheet.shown(pair) for pair in PAIRS]
    assert {sheet.swapped(pair["id"]) for pair in PAIRS} == {True, False}
    assert [s.swapped("P1") for s in (RatingSheet(PAIRS, path, seed) for seed in range(8))].count(True) not in (0, 8)
    assert "first" not in path.read_text() and "second" not in path.read_text()


def test_ratings_name_the_reply_and_the_place(path):
    sheet = RatingSheet(PAIRS, path)
    for pair in PAIRS[:3]:
        sheet.rate(pair["id"], "a")
    sheet.rate("P3", "t")
    found = sheet.ratings()
    assert [row["winner"] for row in found[:3]] == ["second" if sheet.swapped(f"P{n}") else "first" for n in range(3)]
    assert [row["place"] for row in found] == ["A"] * 3 + ["tie"] + [None] * 8
    assert found[3]["winner"] == "tie" and found[4]["winner"] is None
    assert sheet.rated == 4


def test_every_choice_is_on_disk_and_is_taken_up_again(path):
    sheet = RatingSheet(PAIRS, path)
    sheet.rate("P0", "b")
    assert table(path)[0]["choice"] == "b"
    again = RatingSheet(PAIRS, path)
    assert again.ratings() == sheet.ratings()
    again.rate("P0", "")
    assert RatingSheet(PAIRS, path).rated == 0


def test_a_sheet_filled_in_with_an_editor(path):
    RatingSheet(PAIRS, path)
    rows = table(path)
    for row, choice in zip(rows, ["A", " b ", "TIE", "t"], strict=False):
        row["choice"] = choice
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # as a spreadsheet writes it
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows[:6])  # rows that were deleted are not rated
    sheet = RatingSheet(PAIRS, path)
    assert [row["place"] for row in sheet.ratings()[:5]] == ["A", "B", "tie", "tie", None]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pair,choice\nP1,a\nP1,b\n", "row 3: 'P1' is no pair of this sheet, or there twice"),
        ("pair,choice\nX9,a\n", "row 2: 'X9' is no pair of this sheet"),
        ("pair,choice\nP1,left\n", "row 2: write a, b or t under choice; 'left' is none of them"),
        ("choice\na\n", "row 2: None is no pair of this sheet"),
    ],
)
def test_a_damaged_sheet_is_said_and_left_alone(path, text, words):
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=words):
        RatingSheet(PAIRS, path)
    assert path.read_text(encoding="utf-8") == text


def test_a_sheet_in_another_encoding(path):
    path.write_bytes("pair,choice\nP1,ä\n".encode("latin-1"))
    with pytest.raises(CourseError, match="save it as CSV in UTF-8"):
        RatingSheet(PAIRS, path)


def test_bad_calls(path):
    with pytest.raises(ValueError, match="at least one"):
        RatingSheet([], path)
    with pytest.raises(ValueError, match="id of its own"):
        RatingSheet([PAIRS[0], PAIRS[0]], path)
    sheet = RatingSheet(PAIRS, path)
    with pytest.raises(ValueError, match="no pair 'X'"):
        sheet.rate("X", "a")
    with pytest.raises(ValueError, match="'c' is none"):
        sheet.rate("P1", "c")


def test_widget_rates_by_button_and_by_key_and_goes_back(path):
    sheet = RatingSheet(PAIRS, path)
    head, case, replies, buttons, key = rating_widget(sheet).children
    a, b, tie, back = buttons.children
    assert "Pair 1 of 12" in head.value and back.disabled
    assert "&lt;b&gt;bold&lt;/b&gt;<br>and" in case.value  # a customer's text is text
    assert [
        f"<p>{text}</p>" in reply.value for reply, text in zip(replies.children, sheet.shown(PAIRS[0]), strict=True)
    ] == [True] * 2
    a.click()
    assert table(path)[0]["choice"] == "a" and "Pair 2 of 12" in head.value
    key.value = "T"
    assert table(path)[1]["choice"] == "t" and key.value == "" and "Pair 3 of 12" in head.value
    key.value = "x"
    assert sheet.rated == 2
    back.click()
    assert "Pair 2 of 12" in head.value and "Chosen before: tie" in case.value
    b.click()
    assert table(path)[1]["choice"] == "b" and sheet.rated == 2
    for _ in PAIRS[2:]:
        tie.click()
    assert "All 12 pairs are rated" in head.value and a.disabled and key.disabled
    head, *_ = rating_widget(RatingSheet(PAIRS[:6] + PAIRS[6:], path)).children
    assert "All 12 pairs are rated" in head.value


def test_preferences_are_complete():
    rows = load_preferences()
    assert len({row["id"] for row in rows}) == len({row["ticket"] for row in rows}) == 120
    assert sum(row["part"] == "rate" for row in rows) == 24
    for row in rows:
        assert row["reader"] in ("first", "second", "tie")
        assert (row["second_reader"] in ("first", "second", "tie")) == (row["part"] == "rate")
        assert row["first"] != row["second"] and row["customer"] and row["rule"]
