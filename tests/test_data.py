"""The tickets are what the datasheet says."""

from __future__ import annotations

from collections import Counter

import pytest
from datasets import ClassLabel

from course_lib.data import DATA, SUPPORT_TOPICS, load_support

ITEMS = """
    dress skirt jeans trousers shorts leggings shirt blouse t-shirt polo jumper cardigan hoodie fleece coat jacket
    raincoat parka blazer waistcoat suit jumpsuit pyjamas swimsuit tights socks scarf gloves hat beanie belt tie boots
    trainers sandals loafers slippers backpack handbag
"""


@pytest.fixture(scope="module")
def support():
    return load_support()


def test_form(support):
    assert {name: len(split) for name, split in support.items()} == {"train": 24, "dev": 64, "test": 64}
    for split in support.values():
        assert split.column_names == ["id", "message", "item", "topic"]
        assert isinstance(split.features["topic"], ClassLabel)
        assert split.features["topic"].names == list(SUPPORT_TOPICS)
        assert set(Counter(split["topic"]).values()) == {len(split) // 8}
        assert set(split["item"]) <= set(ITEMS.split())


def test_ids_and_messages_are_unique(support):
    rows = [row for split in support.values() for row in split]
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({" ".join(row["message"].lower().split()) for row in rows}) == len(rows)


def test_the_item_is_named_in_the_message(support):
    for split in support.values():
        for row in split:
            stem = row["item"].rstrip("s")
            assert stem in row["message"].lower(), row


def test_messages_vary(support):
    messages = [row["message"] for split in support.values() for row in split]
    words = [len(message.split()) for message in messages]
    assert min(words) < 8
    assert max(words) > 60
    openings = Counter(tuple(message.lower().split()[:4]) for message in messages)
    assert max(openings.values()) == 1


def test_there_is_a_datasheet():
    text = (DATA / "support" / "DATASHEET.md").read_text(encoding="utf-8")
    for heading in ("Motivation", "Composition", "Collection", "Uses", "Known biases", "Licence"):
        assert f"## {heading}" in text
