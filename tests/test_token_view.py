"""The token view loses no character of the text, hides no white space, and follows what is typed."""

from __future__ import annotations

import re

import pytest

from course_lib.models import load_model
from course_lib.token_view import pieces, show_pieces, token_view
from tests.tiny import save_tiny_model

TEXTS = [
    "",
    "wheres my parka",
    "  two  spaces,\n\na tab\t and an end ",
    "naïve café, size 38½, £50",
    "the 👕 and the 🧥🧦 for 👩‍👧",
    '<b>bold</b> & "quoted" it\'s',
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return load_model(str(save_tiny_model(tmp_path_factory.mktemp("tiny"))))


def text_of(found):
    """The text that pieces stand for, bytes that stand in quotes put together again."""
    parts = re.split("(‹[0-9A-F]{2}›)", "".join(found))
    return b"".join(
        bytes.fromhex(part.strip("‹›")) if part.startswith("‹") else part.encode() for part in parts
    ).decode()


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_are_the_text(tiny, text):
    found = pieces(text, tiny)
    assert len(found) == len(tiny.tokenizer(text, add_special_tokens=False)["input_ids"])
    assert text_of(found) == text
    if text.isascii():
        assert "".join(found) == text


def test_bytes_of_a_split_character(tiny):
    assert pieces("👕", tiny) == ["‹F0›", "‹9F›", "‹91›", "‹95›"]  # the tiny tokenizer knows no emoji
    shown = show_pieces("👕", tiny)
    assert "‹F0›" in shown
    assert "1 character · 1 word · 4 tokens (‹…› is a byte of a character" in shown
    assert "‹…›" not in show_pieces("plain", tiny)


def test_marks_of_a_conversation_are_one_piece(tiny):
    assert pieces("<|im_start|>user", tiny)[0] == "<|im_start|>"


def test_another_kind_of_tokenizer_is_decoded_token_by_token(tiny, monkeypatch):
    monkeypatch.setattr(type(tiny.tokenizer), "convert_ids_to_tokens", lambda self, ids: ["▁?"] * len(ids))
    assert "".join(pieces("my boots leak", tiny)) == "my boots leak"


def test_html_is_escaped_and_shows_white_space(tiny):
    shown = show_pieces(TEXTS[2] + TEXTS[5], tiny)
    assert not re.search(r"<b>|bold</b>", shown)
    assert "&lt;" in shown
    visible = re.sub(r"<[^>]+>", "", shown)
    assert visible.count("·") >= TEXTS[2].count(" ")
    assert visible.count("⏎") == 3  # two in the text, one in the legend
    assert shown.count("<br>") == 2
    assert "· is a space; ⏎ is a new line; ⇥ is a tab" in visible


def test_neighbours_differ_in_more_than_colour(tiny):
    boxes = re.findall(r'role="listitem" aria-label="([^"]*)" style="([^"]*)"', show_pieces("my boots leak", tiny))
    assert len(boxes) == len(pieces("my boots leak", tiny))
    lines = [re.search("solid|dashed", style)[0] for _, style in boxes]
    assert lines == (["solid", "dashed"] * len(lines))[: len(lines)]
    assert any("(space)" in label for label, _ in boxes)


def test_widget_follows_the_text(tiny):
    area, view = token_view("my boots", tiny).children
    assert view.value == show_pieces("my boots", tiny)
    area.value = "my boots leak\n🧦"
    assert view.value == show_pieces("my boots leak\n🧦", tiny)
    assert "4 words" in view.value


@pytest.mark.model
@pytest.mark.parametrize("text", TEXTS)
def test_real_tokenizer(lm, text):
    assert text_of(pieces(text, lm)) == text
