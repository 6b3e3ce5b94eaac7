"""The course's own data sets, each with a datasheet beside it, and loaders that take other data as well.

Every row was written for this course: nothing here is real customer data, and nothing comes from a patient. The
pre-diagnosis set is teaching material. It is not medical advice and must not be used on patients.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features

DATA = Path(__file__).parent
SPLITS = ("train", "dev", "test")
SUPPORT_TOPICS = ("order_status", "delivery", "exchange", "return", "refund", "sizing", "care", "cancel")
CONDITIONS = (
    "migraine", "tension_headache", "cluster_headache",
    "common_cold", "influenza", "pneumonia", "asthma",
    "reflux", "gastroenteritis", "appendicitis",
    "cystitis", "kidney_infection",
)  # fmt: skip
URGENCIES = ("self_care", "see_doctor", "emergency")
"""From the least to the most urgent."""

_TEXT, _OPTIONAL_TEXT, _TEXTS, _NUMBER = "text", "text or null", "list of texts", "number"
Schema = dict[str, "str | tuple[str, ...]"]
"""Column to kind; a tuple of names makes a ClassLabel."""

SUPPORT: Schema = {
    "id": _TEXT,
    "message": _TEXT,
    "item": _TEXT,
    "topic": SUPPORT_TOPICS,
    "order_id": _OPTIONAL_TEXT,
    "reply": _TEXT,
    "policy_ids": _TEXTS,
    "hard": _OPTIONAL_TEXT,
}
PREDIAGNOSIS: Schema = {
    "id": _TEXT,
    "description": _TEXT,
    "age": _NUMBER,
    "sex": ("female", "male"),
    "condition": CONDITIONS,
    "urgency": URGENCIES,
    "red_flags": _TEXTS,
    "advice": _TEXT,
    "hard": _OPTIONAL_TEXT,
}


def load_support(path: str | Path | None = None, columns: Mapping[str, str] | None = None) -> DatasetDict:
    """Tickets of the invented clothing shop *Northwind Threads*, in the splits train, dev and test.

    Columns: ``id``, ``message`` (what the customer wrote), ``item`` (one word of the shop's catalogue, or
    ``unknown``), ``topic`` (a ClassLabel over SUPPORT_TOPICS), ``order_id`` (or None), ``reply`` (what a good agent
    writes), ``policy_ids`` (the rules of ``support/policy.md`` that it rests on), ``hard`` (what makes the ticket
    hard on purpose, or None). See ``support/DATASHEET.md``.

    ``path`` names a CSV or JSON Lines file of your own instead; see ``load_file``.
    """
    return _load("support", SUPPORT, path, columns)


def load_prediagnosis(path: str | Path | None = None, columns: Mapping[str, str] | None = None) -> DatasetDict:
    """First-person descriptions of symptoms, in the splits train, dev and test.

    **Teaching material: not medical advice, not for use on patients.** Columns: ``id``, ``description``, ``age``
    (years), ``sex``, ``condition`` (a ClassLabel over CONDITIONS), ``urgency`` (a ClassLabel over URGENCIES),
    ``red_flags`` (ids from ``prediagnosis/facts.json``), ``advice`` (the next step, never a drug), ``hard`` (what
    makes the row hard on purpose, or None). See ``prediagnosis/DATASHEET.md``.

    ``path`` names a CSV or JSON Lines file of your own instead; see ``load_file``.
    """
    return _load("prediagnosis", PREDIAGNOSIS, path, columns)


def load_out_of_scope(name: str) -> Dataset:
    """Messages that are none of the assistant's business, of ``support`` or ``prediagnosis``: ``id``, ``message``,
    ``kind``, ``reply`` and, for pre-diagnosis, ``needs_human_now`` (a person in a crisis). No labels, no split."""
    from datasets import Dataset

    if name not in ("support", "prediagnosis"):
        raise ValueError(f"There is no data set {name!r}: use 'support' or 'prediagnosis'.")
    return Dataset.from_list([row for _, row in _read(DATA / name / "out_of_scope.jsonl")])


def as_rows(split: Dataset) -> list[dict[str, Any]]:
    """The rows of a split as plain dictionaries, with words in place of the numbers of ClassLabel columns."""
    names = {column: kind.names for column, kind in split.features.items() if hasattr(kind, "names")}
    return [row | {column: names[column][row[column]] for column in names} for row in split]


def load_policy() -> dict[str, str]:
    """The rules of the shop's policy, each by its number ("P01" …), without the bold marks of ``policy.md``."""
    text = (DATA / "support" / "policy.md").read_text(encoding="utf-8").replace("**", "")
    return dict(re.findall(r"^- (P\d\d) (.+)$", text, flags=re.MULTILINE))


def load_policy_replies() -> list[dict[str, Any]]:
    """Replies of the course's default model to questions about the shop's policy, each labelled by hand.

    Each has ``id``, ``rule``, ``question``, ``fact`` (what the rule says, for programs), ``reply``, ``label``
    ("right", "wrong" or "silent" about the fact) and ``made_by``. See ``support/DATASHEET.md``.
    """
    return [row for _, row in _read(DATA / "support" / "replies.jsonl")]


def load_preferences() -> list[dict[str, Any]]:
    """120 pairs of replies of lesson 09's reply model, each judged by readers under a written guideline.

    ``id``, ``ticket`` (its id in train), ``customer`` and ``rule`` (texts), ``first`` and ``second`` (the replies),
    ``part`` ("rate": 24 for the student to judge, "more": the others), ``reader`` ("first", "second" or "tie": the
    better reply) and, for the 24, ``second_reader``. Both readers are language-model agents: see
    ``support/DATASHEET.md``.
    """
    return [row for _, row in _read(DATA / "support" / "preferences.jsonl")]


def load_blind_ratings() -> list[dict[str, str]]:
    """An agent's blind judgements of recorded replies to 24 dev tickets, before and after lesson 09's training:
    ``ticket``, ``winner`` ("before", "after" or "tie") and ``place`` ("A", "B" or "tie": where the better one stood).
    See ``support/DATASHEET.md``."""
    return [row for _, row in _read(DATA / "support" / "blind_ratings.jsonl")]


def load_paraphrases() -> list[dict[str, Any]]:
    """16 dev tickets said in three other ways each: ``ticket`` (its id), ``style`` ("short", "formal" or "rambling")
    and ``message``. Item and topic are the ticket's."""
    return [row for _, row in _read(DATA / "support" / "paraphrases.jsonl")]


def load_general_texts() -> list[str]:
    """Short paragraphs of general prose, about neither clothes nor illness: see ``general/DATASHEET.md``."""
    return [row["text"] for _, row in _read(DATA / "general" / "texts.jsonl")]


def load_probe() -> list[dict[str, Any]]:
    """24 short questions, 8 each about the world, clothes and the body, which the forgetting ledger asks again and
    again: ``id``, ``area`` ("general", "shop", "clinic"), ``question``, ``accepted``. See ``general/DATASHEET.md``."""
    return [row for _, row in _read(DATA / "general" / "probe.jsonl")]


def load_general_questions() -> list[str]:
    """40 short general questions, none of them in the probe, without answers: see ``general/DATASHEET.md``."""
    return [row["question"] for _, row in _read(DATA / "general" / "questions.jsonl")]


def _load(name: str, schema: Schema, path: str | Path | None, columns: Mapping[str, str] | None) -> DatasetDict:
    from datasets import Dataset, DatasetDict

    if path is not None:
        return load_file(path, schema, columns)
    features = _features(schema)
    return DatasetDict(
        {
            split: Dataset.from_list([row for _, row in _read(DATA / name / f"{split}.jsonl")], features=features)
            for split in SPLITS
        }
    )


def load_file(path: str | Path, schema: Schema, columns: Mapping[str, str] | None = None) -> DatasetDict:
    """Load a CSV (with a header line) or JSON Lines file as a data set of the given schema.

    ``columns`` maps the course's column names to the file's, where they differ. A column ``split`` puts a row into
    train, dev or test; without it all rows are train. Columns that only the course's own data have (``id``,
    ``hard``, ``order_id``, ``reply``, ``policy_ids``, ``advice``, ``red_flags``) may be missing: ids are then
    counted, the others left empty. In a CSV, a list is separated by semicolons.

    Raises CourseError, with the file and the line, for a missing column, an unknown label, a wrong number, an empty
    file, one that is not UTF-8, or one that is not CSV or JSON Lines.
    """
    from datasets import Dataset, DatasetDict

    path, columns = Path(path), dict(columns or {})
    if unknown := columns.keys() - schema.keys() - {"split"}:
        raise CourseError(f"columns names {sorted(unknown)}, which the course does not have: {', '.join(schema)}.")
    optional = {"id", "hard", "order_id", "reply", "policy_ids", "advice", "red_flags", "split"}
    splits: dict[str, list[dict]] = {}
    for line, raw in _read(path):
        row: dict[str, Any] = {}
        for name, kind in (schema | {"split": SPLITS}).items():
            source = columns.get(name, name)
            if source not in raw and (name not in optional or name in columns):
                raise CourseError(
                    f"{path}, line {line}: there is no column {source!r}. The file has {', '.join(map(str, raw))}; "
                    f"say which of them is {name!r} with columns={{{name!r}: …}}."
                )
            row[name] = _convert(raw.get(source), kind, name, f"{path}, line {line}")
        row["id"] = row["id"] or f"row{line}"
        splits.setdefault(row.pop("split") or "train", []).append(row)
    features = _features(schema)
    return DatasetDict(
        {split: Dataset.from_list(splits[split], features=features) for split in SPLITS if split in splits}
    )


def _convert(value: Any, kind: str | tuple[str, ...], name: str, place: str) -> Any:
    """A value as its column wants it."""
    empty = value is None or (isinstance(value, str) and not value.strip())
    if kind == _TEXTS:
        parts = value if isinstance(value, list) else str(value).split(";") if not empty else []
        return [str(part).strip() for part in parts]
    if kind == _OPTIONAL_TEXT:
        return None if empty else str(value)
    if kind == _NUMBER:
        try:
            return int(str(value))
        except ValueError:
            raise CourseError(f"{place}: {name} must be a whole number, not {value!r}.") from None
    if isinstance(kind, tuple):
        if empty and name == "split":
            return None
        if value not in kind:
            raise CourseError(f"{place}: {value!r} is not a known {name}. Known are: {', '.join(kind)}.")
        return value
    if empty and name not in ("id", "reply", "advice"):
        raise CourseError(f"{place}: {name} is empty.")
    return "" if empty else str(value)


def _features(schema: Schema) -> Features:
    from datasets import ClassLabel, Features, Sequence, Value

    kinds = {_TEXT: Value("string"), _OPTIONAL_TEXT: Value("string"), _NUMBER: Value("int64")}
    return Features(
        {
            name: ClassLabel(names=list(kind))
            if isinstance(kind, tuple)
            else Sequence(Value("string"))
            if kind == _TEXTS
            else kinds[kind]
            for name, kind in schema.items()
        }
    )


def _read(path: Path) -> Iterator[tuple[int, dict]]:
    """``(line, row)`` of a CSV or JSON Lines file; the line is where the row begins, counted from 1."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CourseError(f"There is no file {path}.") from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise CourseError(
            f"{path}, line {line}: this is not UTF-8 text. Save the file as UTF-8 and try again."
        ) from None
    rows = list(_rows(path, text))
    if not rows:
        raise CourseError(f"{path}, line 1: the file has no rows.")
    yield from rows


def _rows(path: Path, text: str) -> Iterator[tuple[int, dict]]:
    if path.suffix == ".csv":
        reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
        begin = 2
        try:
            for row in reader:
                if None in row or None in row.values():
                    raise CourseError(f"{path}, line {begin}: this row has more or fewer fields than the header.")
                yield begin, row
                begin = reader.line_num + 1
        except csv.Error as error:
            raise CourseError(f"{path}, line {begin}: this is not a CSV row ({error}).") from None
    elif path.suffix in (".jsonl", ".json", ".ndjson"):
        for line, content in enumerate(text.split("\n"), start=1):
            if not content.strip():
                continue
            try:
                row = json.loads(content)
            except json.JSONDecodeError as error:
                raise CourseError(f"{path}, line {line}: this is not a JSON object ({error.msg}).") from None
            if not isinstance(row, dict):
                raise CourseError(f"{path}, line {line}: this is not a JSON object, but a {type(row).__name__}.")
            yield line, row
    else:
        raise CourseError(f"{path} must end in .csv or .jsonl, so that the course knows how to read it.")
