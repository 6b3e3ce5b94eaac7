"""The data sets are what their datasheets say, and loading other data fails with a sentence that helps."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from datasets import ClassLabel, concatenate_datasets

from course_lib.data import (
    CONDITIONS,
    DATA,
    SUPPORT_TOPICS,
    URGENCIES,
    as_rows,
    load_general_texts,
    load_out_of_scope,
    load_policy,
    load_policy_replies,
    load_prediagnosis,
    load_support,
)
from course_lib.data.corruption import CORRUPTIONS, corrupt
from course_lib.data.report import LOADERS, jaccard, measure, plot
from course_lib.errors import CourseError

ITEMS = """
    dress skirt jeans trousers shorts leggings shirt blouse t-shirt polo jumper cardigan hoodie fleece coat jacket
    raincoat parka blazer waistcoat suit jumpsuit pyjamas swimsuit tights socks scarf gloves hat beanie belt tie boots
    trainers sandals loafers slippers backpack handbag unknown
"""
HARD = {
    "support": "two_topics sarcasm wrong_size_name negation item_never_named prompt_injection abuse foreign_words",
    "prediagnosis": "negated overlap child older_plays_down irrelevant_detail",
}
DRUGS = r"paracetamol|ibuprofen|aspirin|codeine|antibiotic|penicillin|amoxicillin|triptan|omeprazole|salbutamol|\d ?mg\b|\d ?ml\b"


@pytest.fixture(scope="module")
def support():
    return load_support()


@pytest.fixture(scope="module")
def prediagnosis():
    return load_prediagnosis()


def rows_of(dataset):
    return list(concatenate_datasets(list(dataset.values())))


@pytest.mark.parametrize("name", LOADERS)
def test_quality_bounds(name):
    measures = measure(LOADERS[name]())
    assert {m.name: (m.value, m.bounds()) for m in measures if not m.kept} == {}
    assert {m.name: m.value for m in measures if m.name.startswith("rows in")} == {
        "rows in train": 400,
        "rows in dev": 80,
        "rows in test": 160,
    }


@pytest.mark.parametrize("name", LOADERS)
def test_ids_are_unique_and_hard_rows_are_of_known_kinds(name):
    rows = rows_of(LOADERS[name]())
    assert len({row["id"] for row in rows}) == 640
    assert set(HARD[name].split()) == {row["hard"] for row in rows} - {None}


def test_support_form(support):
    for split in support.values():
        assert split.column_names == ["id", "message", "item", "topic", "order_id", "reply", "policy_ids", "hard"]
        assert isinstance(split.features["topic"], ClassLabel)
        assert split.features["topic"].names == list(SUPPORT_TOPICS)
        assert set(split["item"]) <= set(ITEMS.split())


def test_the_item_is_named_unless_it_is_unknown(support):
    for row in rows_of(support):
        if row["hard"]:
            continue
        stem = row["item"].rstrip("s").replace("-", "")[:5]
        assert stem in row["message"].lower().replace("-", "").replace("slipers", "slippers"), row


def test_invented_people_only(support, prediagnosis):
    texts = [row["message"] for row in rows_of(support)] + [row["description"] for row in rows_of(prediagnosis)]
    for text in texts:
        assert not re.findall(r"[\w.]+@(?!example\.com)[\w.]+", text), text
        assert not re.findall(r"(?<!NT-)(?<!\d)\d{7,}", text), text
    ids = [row["order_id"] for row in rows_of(support) if row["order_id"]]
    assert len(set(ids)) == len(ids) > 200
    assert all(re.fullmatch(r"NT-\d{5}", order) for order in ids)
    for row in rows_of(support):
        found = [order.upper() for order in re.findall(r"nt-\d{5}", row["message"], flags=re.IGNORECASE)]
        assert (row["order_id"] in found) if row["order_id"] else not found, row


def test_replies_keep_to_the_policy(support):
    facts = json.loads((DATA / "support" / "facts.json").read_text(encoding="utf-8"))
    policy = (DATA / "support" / "policy.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\*\*(P\d\d)\*\*", policy)) == set(facts) == set(load_policy())
    cited = Counter()
    for row in rows_of(support):
        reply = row["reply"].lower()
        assert row["policy_ids"], row
        cited.update(row["policy_ids"])
        for rule in row["policy_ids"]:
            missing = [group for group in facts[rule]["must"] if not any(word.lower() in reply for word in group)]
            forbidden = [word for word in facts[rule]["never"] if word.lower() in reply]
            assert (missing, forbidden) == ([], []), (rule, row["id"], row["reply"])
        sentences = re.findall(r"[.!?](?=\s|$)", row["reply"])
        assert 1 <= len(sentences) <= 3, row["reply"]
    assert set(cited) == set(facts)  # every rule is used somewhere


def test_prediagnosis_follows_from_its_facts(prediagnosis):
    facts = json.loads((DATA / "prediagnosis" / "facts.json").read_text(encoding="utf-8"))
    assert facts["urgency_levels"] == list(URGENCIES)
    assert set(facts["conditions"]) == set(CONDITIONS)
    flags_seen = Counter()
    for row in rows_of(prediagnosis):
        features = prediagnosis["train"].features
        condition = features["condition"].int2str(row["condition"])
        fact = facts["conditions"][condition]
        levels = [fact["base_urgency"], *(fact["red_flags"][flag]["level"] for flag in row["red_flags"])]
        assert row["urgency"] == max(map(URGENCIES.index, levels)), row
        flags_seen.update((condition, flag) for flag in row["red_flags"])
        sex, age = features["sex"].int2str(row["sex"]), row["age"]
        implied = {
            "man": sex == "male" and age >= 16, "age_65_or_over": age >= 65, "child_under_5": age < 5,
            "child_under_16": age < 16, "child_or_older_person": age < 16 or age >= 65,
        }  # fmt: skip
        for flag, holds in implied.items():
            if flag in fact["red_flags"]:
                assert (flag in row["red_flags"]) == holds, (flag, row)
        assert not re.search(DRUGS, row["advice"].lower()), row["advice"]
        if row["urgency"] == URGENCIES.index("emergency"):
            assert re.search(r"999|a&e|emergency", row["advice"].lower()), row["advice"]
        assert row["sex"] == 0 or "pregnant" not in " ".join(row["red_flags"]), row
    for condition in CONDITIONS:  # the same condition with and without red flags
        flagged = [bool(r["red_flags"]) for r in rows_of(prediagnosis) if r["condition"] == CONDITIONS.index(condition)]
        assert any(flagged)
        assert not all(flagged)
        assert {flag for c, flag in flags_seen if c == condition} == set(facts["conditions"][condition]["red_flags"])


def test_facts_say_where_they_come_from():
    facts = json.loads((DATA / "prediagnosis" / "facts.json").read_text(encoding="utf-8"))
    text = (DATA / "prediagnosis" / "facts.md").read_text(encoding="utf-8")
    for condition, fact in facts["conditions"].items():
        assert any(source.startswith(("NHS", "MedlinePlus", "CDC")) for source in fact["sources"]), condition
        for flag in fact["red_flags"]:
            assert f"`{flag}`" in text or flag in text, flag


@pytest.mark.parametrize("name", LOADERS)
def test_out_of_scope(name):
    rows = list(load_out_of_scope(name))
    assert len(rows) == 24
    assert all(row["message"] and row["reply"] and row["kind"] for row in rows)
    if name == "prediagnosis":
        crises = [row for row in rows if row["needs_human_now"]]
        assert len(crises) == 4
        for row in crises:
            assert "999" in row["reply"]
        assert not any(re.search(DRUGS, row["reply"].lower()) for row in rows)
    with pytest.raises(ValueError, match="no data set 'nosuch'"):
        load_out_of_scope("nosuch")


def test_medical_data_say_what_they_are_not():
    for text in (
        load_prediagnosis.__doc__,
        *((DATA / "prediagnosis" / name).read_text(encoding="utf-8") for name in ("DATASHEET.md", "facts.md")),
    ):
        words = " ".join(text.lower().replace("*", "").split())
        assert "not medical advice" in words
        assert re.search(r"not (for use|to be used|be used) on patients", words)


@pytest.mark.parametrize("name", LOADERS)
def test_there_is_a_datasheet(name):
    text = (DATA / name / "DATASHEET.md").read_text(encoding="utf-8")
    for heading in ("Motivation", "Composition", "Collection", "Second reading", "Uses", "Known biases", "Licence"):
        assert f"## {heading}" in text
    assert "CC BY 4.0" in text
    score = next(m.value for m in measure(LOADERS[name]()) if m.name.startswith("TF-IDF"))
    assert f"macro-F1 of {score:.2f}" in text


def test_jaccard_by_hand():
    similarity = jaccard(["abcdef", "ABCDE  f", "abcdex", "zzzzzz"])
    assert similarity[0, 3] == 0
    assert similarity[0, 0] == 0  # a text is not its own duplicate
    assert similarity[0, 2] == pytest.approx(1 / 3)  # abcde shared; bcdef, bcdex not
    assert similarity[0, 1] == pytest.approx(1 / 4)  # abcde; bcdef, "bcde ", "cde f"


def test_a_faulty_data_set_breaks_its_bounds(support):
    broken = {
        kind: {m.name for m in measure(corrupt(support, kind, 0.3, seed=1)) if not m.kept} for kind in CORRUPTIONS
    }
    assert "exact duplicates" in broken["duplicates"]
    assert "nearest pair between splits (5-gram Jaccard)" in broken["leakage"]
    assert "TF-IDF + logistic regression, macro-F1 on test" in broken["wrong_labels"]


def test_plot(support):
    lengths, confusion = plot("support", support).axes
    assert lengths.get_xlabel() == "length (words)"
    assert [label.get_text() for label in confusion.get_xticklabels()] == list(SUPPORT_TOPICS)


# --- corruption -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_corruption_is_pure_seeded_and_as_large_as_asked(name, kind):
    clean = LOADERS[name]()
    before = {split: clean[split].to_list() for split in clean}
    dirty = corrupt(clean, kind, 0.25, seed=3)
    assert {split: clean[split].to_list() for split in clean} == before
    assert dirty["train"].to_list() == corrupt(clean, kind, 0.25, seed=3)["train"].to_list()
    assert dirty["train"].to_list() != corrupt(clean, kind, 0.25, seed=4)["train"].to_list()
    assert dirty["train"].features == clean["train"].features
    assert all(dirty[split].to_list() == before[split] for split in ("dev", "test"))
    old = {row["id"]: row for row in before["train"]}
    changed = [row for row in dirty["train"] if row["id"] in old and row != old[row["id"]]]
    added = [row for row in dirty["train"] if row["id"] not in old]
    expected = {"leakage": (0, 40), "duplicates": (0, 100), "off_topic": (0, 100)}.get(kind, (100, 0))
    assert (len(changed), len(added)) == expected
    assert corrupt(clean, kind, 0, seed=3)["train"].to_list() == before["train"]


def test_what_corruption_does(support):
    old = {row["id"]: row for row in support["train"]}
    wrong = list(corrupt(support, "wrong_labels", 1.0)["train"])
    assert all(row["topic"] != old[row["id"]]["topic"] for row in wrong)
    leaked = [row for row in corrupt(support, "leakage", 1.0)["train"] if row["id"] not in old]
    assert {row["message"] for row in leaked} == set(support["test"]["message"])
    short = list(corrupt(support, "truncated_text", 1.0)["train"])
    assert all(old[row["id"]]["message"].startswith(row["message"]) for row in short)
    personal = [row["message"] for row in corrupt(support, "personal_data", 1.0)["train"]]
    assert all(re.search(r"@example\.com|555 01\d\d|Exampleton", message) for message in personal)
    strangers = [row for row in corrupt(support, "off_topic", 0.1)["train"] if row["id"] not in old]
    assert {row["message"] for row in strangers} <= set(load_out_of_scope("support")["message"])


def test_bad_corruption(support):
    with pytest.raises(ValueError, match="no corruption 'rust'"):
        corrupt(support, "rust", 0.1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        corrupt(support, "leakage", 10)


def test_general_texts():
    texts = load_general_texts()
    assert len(set(texts)) == 24
    assert all(35 <= len(text.split()) <= 60 for text in texts)
    assert not re.search(r"parcel|refund|customer|doctor|symptom|fever", " ".join(texts).lower())


# --- data of one's own ------------------------------------------------------------------------------------------


def test_own_csv_with_other_column_names(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        'text,label,garment,part\n"Where, oh where\nis it?",order_status,coat,train\nToo big,sizing,hat,dev\n',
        encoding="utf-8",
    )
    dataset = load_support(path, {"message": "text", "topic": "label", "item": "garment", "split": "part"})
    assert {split: len(rows) for split, rows in dataset.items()} == {"train": 1, "dev": 1}
    row = dataset["train"][0]
    assert row["message"] == "Where, oh where\nis it?"
    assert dataset["train"].features["topic"].int2str(row["topic"]) == "order_status"
    assert (row["id"], row["order_id"], row["policy_ids"], row["reply"]) == ("row2", None, [], "")


def test_own_jsonl_equals_the_courses(tmp_path, prediagnosis):
    dataset = load_prediagnosis(DATA / "prediagnosis" / "dev.jsonl")
    assert dataset["train"].to_list() == prediagnosis["dev"].to_list()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "message,item\nhi,hat\n", r"a\.csv, line 2: there is no column 'topic'\. The file has message, item"),
        (
            "a.csv",
            "message,item,topic\nhi,hat,care\nho,hat,love\n",
            "line 3: 'love' is not a known topic. Known are: order_status",
        ),
        ("a.csv", "message,item,topic\nhi,hat\n", "line 2: this row has more or fewer fields"),
        ("a.csv", "message,item,topic\n,hat,care\n", "line 2: message is empty"),
        ("a.csv", "message,item,topic\n", "line 1: the file has no rows"),
        ("a.jsonl", "", "line 1: the file has no rows"),
        (
            "a.jsonl",
            '{"message": "hi", "item": "hat", "topic": "care"}\n{"message": \n',
            "line 2: this is not a JSON object",
        ),
        ("a.jsonl", "[1]\n", "line 1: this is not a JSON object, but a list"),
        ("a.csv", b"message,item,topic\nok,hat,care\ncaf\xe9,hat,care\n", "line 3: this is not UTF-8"),
        ("a.xlsx", "x", r"must end in \.csv or \.jsonl"),
    ],
)
def test_own_data_with_a_fault(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CourseError, match=message) as error:
        load_support(path)
    assert str(path) in str(error.value)


def test_rows_have_words_in_place_of_label_numbers(support):
    row, raw = as_rows(support["dev"])[3], support["dev"][3]
    assert row["topic"] == SUPPORT_TOPICS[raw["topic"]]
    assert {name: value for name, value in row.items() if name != "topic"} == {
        name: value for name, value in raw.items() if name != "topic"
    }


def test_policy_replies_are_labelled_and_know_their_rule():
    policy, rows = load_policy(), load_policy_replies()
    assert len(rows) == len({row["id"] for row in rows}) == len({row["reply"] for row in rows}) == 20
    assert {row["label"] for row in rows} == {"right", "wrong", "silent"}
    for row in rows:
        rule = policy[row["rule"]]
        if row["fact"]["kind"] == "amount":
            assert all(amount in rule for amount in row["fact"]["allowed"]), row
        else:
            assert row["fact"].keys() == {"kind", "verb", "allowed"}


def test_own_data_more_faults(tmp_path):
    with pytest.raises(CourseError, match="There is no file"):
        load_support(tmp_path / "none.csv")
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"description": "ow", "age": "old", "sex": "male", "condition": "reflux", "urgency": "self_care"}\n'
    )
    with pytest.raises(CourseError, match="line 1: age must be a whole number, not 'old'"):
        load_prediagnosis(path)
    with pytest.raises(CourseError, match="does not have"):
        load_support(path, {"tpoic": "label"})
