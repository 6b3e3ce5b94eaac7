"""Dirty versions of a data set, for learning what dirt costs: pure, seeded, never in place."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from course_lib.data import load_out_of_scope

if TYPE_CHECKING:
    from datasets import DatasetDict

Rows = list[dict]


def corrupt(dataset: DatasetDict, kind: str, rate: float, seed: int = 0) -> DatasetDict:
    """A copy of ``dataset`` (from load_support or load_prediagnosis) whose train split has one kind of fault.

    ``rate`` is between 0 and 1. The kinds:

    - ``wrong_labels``: this share of the rows gets another topic or condition;
    - ``duplicates``: so many rows, as a share of the split, are added again, every second one with other capitals
      and spaces;
    - ``leakage``: this share of the *test* rows is added to train;
    - ``personal_data``: this share of the texts ends with an invented e-mail address, phone number or address;
    - ``truncated_text``: this share of the texts breaks off somewhere in the middle;
    - ``off_topic``: so many out-of-scope messages, as a share of the split, are added, each with a random label.

    Dev and test stay as they are. Changed rows keep their ids, so comparing with the clean set tells which they are;
    added rows get ids that begin with ``added``. Raises ValueError for an unknown kind or a rate outside 0 … 1.
    """
    from datasets import Dataset, DatasetDict

    if kind not in CORRUPTIONS:
        raise ValueError(f"There is no corruption {kind!r}. Known are: {', '.join(CORRUPTIONS)}.")
    if not 0 <= rate <= 1:
        raise ValueError(f"rate must be between 0 and 1, not {rate}.")
    train = [dict(row) for row in dataset["train"]]
    CORRUPTIONS[kind](train, dataset, rate, random.Random(f"{kind} {seed}"))
    return DatasetDict({**dataset, "train": Dataset.from_list(train, features=dataset["train"].features)})


def text_and_label(dataset: DatasetDict) -> tuple[str, str]:
    """Names of the column a reader reads and of the label to predict from it."""
    return ("message", "topic") if "topic" in dataset["train"].features else ("description", "condition")


def _some(rows: Rows, rate: float, rng: random.Random) -> Rows:
    return rng.sample(rows, round(rate * len(rows)))


def _add(train: Rows, rows: Rows, rng: random.Random) -> None:
    """Put rows in at random places under new ids."""
    for number, row in enumerate(rows):
        train.insert(rng.randrange(len(train) + 1), row | {"id": f"added{number:04d}"})


def _wrong_labels(train: Rows, dataset: DatasetDict, rate: float, rng: random.Random) -> None:
    _, label = text_and_label(dataset)
    classes = range(dataset["train"].features[label].num_classes)
    for row in _some(train, rate, rng):
        row[label] = rng.choice([other for other in classes if other != row[label]])


def _duplicates(train: Rows, dataset: DatasetDict, rate: float, rng: random.Random) -> None:
    text, _ = text_and_label(dataset)
    copies = [dict(row) for row in _some(train, rate, rng)]
    for row in copies[1::2]:
        row[text] = row[text].upper() if rng.random() < 0.5 else "  ".join(row[text].lower().split())
    _add(train, copies, rng)


def _leakage(train: Rows, dataset: DatasetDict, rate: float, rng: random.Random) -> None:
    _add(train, _some([dict(row) for row in dataset["test"]], rate, rng), rng)


def _personal_data(train: Rows, dataset: DatasetDict, rate: float, rng: random.Random) -> None:
    text, _ = text_and_label(dataset)
    for row in _some(train, rate, rng):
        name = rng.choice(["ada", "bilal", "chidi", "dana", "edith", "femi", "grace", "hana", "igor", "joan"])
        number = rng.randrange(100)
        row[text] += rng.choice(
            [
                f" Write to {name}{number}@example.com.",
                f" Ring me on 020 555 01{number:02d}.",
                f" It's {name.title()} Example, {number + 1} Nowhere Lane, Exampleton.",
            ]
        )


def _truncated_text(train: Rows, dataset: DatasetDict, rate: float, rng: random.Random) -> None:
    text, _ = text_and_label(dataset)
    for row in _some(train, rate, rng):
        row[text] = row[text][: max(1, round(len(row[text]) * rng.uniform(0.2, 0.6)))]


def _off_topic(train: Rows, dataset: DatasetDict, rate: float, rng: random.Random) -> None:
    text, label = text_and_label(dataset)
    strangers = load_out_of_scope("support" if label == "topic" else "prediagnosis")["message"]
    rows = []
    for row in _some(train, rate, rng):  # a row like the others, but for its text and its label
        rows.append(
            row
            | {text: rng.choice(list(strangers)), label: rng.randrange(dataset["train"].features[label].num_classes)}
        )
    _add(train, rows, rng)


CORRUPTIONS: dict[str, Callable[[Rows, DatasetDict, float, random.Random], None]] = {
    "wrong_labels": _wrong_labels,
    "duplicates": _duplicates,
    "leakage": _leakage,
    "personal_data": _personal_data,
    "truncated_text": _truncated_text,
    "off_topic": _off_topic,
}
