"""Long experiments: run once by a named command, recorded with all that is needed to check them, run again at will.

A lesson shows ``recorded(name)`` where ``run(name)`` would take minutes. ``course experiment NAME`` runs one, and
with ``--record`` puts its result in place of the recorded one. Everything is measured on dev, never on test, but for
``data_faults``, whose subject is what training on test rows does to a test score.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.data import CONDITIONS, DATA, as_rows, load_out_of_scope, load_prediagnosis
from course_lib.data.corruption import corrupt
from course_lib.errors import CourseError
from course_lib.files import write_atomically

if TYPE_CHECKING:
    from datasets import Dataset

    from course_lib.models import LanguageModel

RECORDED = Path(__file__).parent / "recorded"
Row = dict[str, Any]


@dataclass(frozen=True)
class Experiment:
    """The rows that an experiment gave, and when, with which command, model and data, and in how many seconds."""

    name: str
    date: str
    command: str
    model: str
    processors: int
    seconds: float
    data: str
    rows: list[Row]

    @property
    def provenance(self) -> str:
        """One sentence on where the rows come from, to stand under every table or figure made of them."""
        return (
            f"Recorded {self.date} by `{self.command}` ({self.model}, {self.processors} processor cores, "
            f"{self.seconds / 60:.0f} minutes)."
        )


def run(name: str) -> Experiment:
    """Run an experiment now; takes minutes. Trainings that were done before come from disk (see ``finetune``)."""
    if name not in EXPERIMENTS:
        raise ValueError(f"There is no experiment {name!r}. Known are: {', '.join(EXPERIMENTS)}.")
    from tqdm.auto import tqdm

    from course_lib.models import default_model

    lm, began = default_model(), time.perf_counter()
    rows = list(tqdm(EXPERIMENTS[name](lm), desc=name, unit="result"))
    return Experiment(
        name=name,
        date=datetime.now(UTC).date().isoformat(),
        command=f"course experiment {name} --record",
        model=lm.name,
        processors=os.cpu_count() or 1,
        seconds=round(time.perf_counter() - began),
        data=data_digest(),
        rows=rows,
    )


def record(experiment: Experiment) -> Path:
    """Put an experiment's result in place of the recorded one; returns the file."""
    path = RECORDED / f"{experiment.name}.json"
    head = {name: value for name, value in asdict(experiment).items() if name != "rows"}
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in experiment.rows)
    write_atomically(path, json.dumps(head, indent=1)[:-2] + f',\n "rows": [\n{lines}\n]}}\n')
    return path


def recorded(name: str) -> Experiment:
    """The recorded result of an experiment. Raises CourseError if there is none."""
    path = RECORDED / f"{name}.json"
    if not path.is_file():
        raise CourseError(f"There is no recorded experiment {name!r}: `course experiment {name} --record` makes it.")
    return Experiment(**json.loads(path.read_text(encoding="utf-8")))


def data_digest() -> str:
    """SHA-256 of the course's data files: tells whether an experiment was recorded on the data of today."""
    digest = hashlib.sha256()
    for path in sorted(DATA.glob("*/*.jsonl")):
        digest.update(path.relative_to(DATA).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def clinic_rows(split: Dataset | Sequence[Row]) -> list[Row]:
    """Examples for ``finetune``: a description, and its condition in words."""
    rows = split if isinstance(split, list) else as_rows(split)
    return [
        {
            "prompt": f"Symptoms: {row['description']}\nDiagnosis:",
            "completion": " " + row["condition"].replace("_", " "),
        }
        for row in rows
    ]


def ticket_rows(split: Dataset | Sequence[Row]) -> list[Row]:
    """Examples for ``finetune``: a ticket, and ``item | topic``."""
    rows = split if isinstance(split, list) else as_rows(split)
    return [
        {"prompt": f"Message: {row['message']}\nItem | topic:", "completion": f" {row['item']} | {row['topic']}"}
        for row in rows
    ]


def condition_hits(lm: LanguageModel, rows: Sequence[Row]) -> list[int]:
    """1 for each row whose condition scores highest, else 0."""
    from course_lib.scoring import score_choices

    choices = [" " + name.replace("_", " ") for name in CONDITIONS]
    best = score_choices([row["prompt"] for row in clinic_rows(rows)], choices, lm=lm, progress=False).argmax(dim=1)
    return [int(CONDITIONS[place] == row["condition"]) for place, row in zip(best.tolist(), rows, strict=True)]


def classical_hits(train: Sequence[Row], rows: Sequence[Row]) -> list[int]:
    """The same for TF-IDF with logistic regression, scikit-learn's defaults."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    classifier = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    classifier.fit([row["description"] for row in train], [row["condition"] for row in train])
    predicted = classifier.predict([row["description"] for row in rows])
    return [int(guess == row["condition"]) for guess, row in zip(predicted, rows, strict=True)]


def balanced(rows: Sequence[Row], n: int, seed: int, label: str = "condition") -> list[Row]:
    """``n`` rows drawn at random, as evenly over the labels as ``n`` allows."""
    rng, taken = random.Random(f"balanced {seed}"), Counter()
    keyed = []
    for row in rng.sample(list(rows), len(rows)):
        keyed.append((taken[row[label]], row))
        taken[row[label]] += 1
    return [row for _, row in sorted(keyed, key=lambda pair: pair[0])[:n]]


def _both(lm: LanguageModel, train: list[Row], sets: dict[str, list[Row]], seed: int, about: Row) -> Iterator[Row]:
    """Results of LoRA and of the classical baseline, trained on the same rows, on each of the evaluation sets."""
    from course_lib.finetune import FinetuneConfig, finetune

    began = time.perf_counter()
    tuned = finetune(lm, clinic_rows(train), FinetuneConfig(seed=seed), progress=False)
    seconds = round(tuned.seconds if tuned.reused else time.perf_counter() - began, 1)
    for name, rows in sets.items():
        about = about | {"seed": seed, "rows": len(train), "evaluated_on": name, "n": len(rows)}
        yield about | {"system": "LoRA", "hits": condition_hits(tuned.lm, rows), "seconds": seconds}
        yield about | {"system": "TF-IDF", "hits": classical_hits(train, rows), "seconds": 0.0}


def _label_noise(lm: LanguageModel) -> Iterator[Row]:
    from datasets import DatasetDict

    data = load_prediagnosis()
    dev = as_rows(data["dev"])
    for seed in range(2):
        for rate in (0.0, 0.1, 0.2, 0.4):
            order = [row["id"] for row in balanced(as_rows(data["train"]), 160, seed)]
            place = {name: number for number, name in enumerate(data["train"]["id"])}
            part = DatasetDict(data | {"train": data["train"].select([place[name] for name in order])})
            dirty = as_rows(corrupt(part, "wrong_labels", rate, seed)["train"])
            yield from _both(lm, dirty, {"dev": dev}, seed, {"rate": rate})


def _data_faults(lm: LanguageModel) -> Iterator[Row]:
    data = load_prediagnosis()
    dev, test = as_rows(data["dev"]), as_rows(data["test"])
    messages = list(load_out_of_scope("prediagnosis")["message"])
    for seed in range(2):
        clean = balanced(as_rows(data["train"]), 160, seed)
        half, rng = clean[:80], random.Random(f"faults {seed}")
        leaked = balanced(test, 80, seed)
        inside = {row["id"] for row in leaked}
        outside = [row for row in test if row["id"] not in inside]
        cut = [row | {"description": row["description"][: round(len(row["description"]) * 0.4)]} for row in half]
        strangers = [row | {"description": rng.choice(messages)} for row in half]
        faults = {
            "none": clean,
            "leakage": clean[:80] + leaked,
            "removed": half,
            "duplicates": half + half,
            "truncated_text": clean[80:] + cut,
            "off_topic": clean[80:] + strangers,
        }
        for fault, train in faults.items():
            sets = {"dev": dev}
            if fault in ("none", "leakage"):
                sets |= {"test rows in train": leaked, "test rows not in train": outside}
            yield from _both(lm, train, sets, seed, {"fault": fault})


def _learning_curve(lm: LanguageModel) -> Iterator[Row]:
    data = load_prediagnosis()
    dev, train = as_rows(data["dev"]), as_rows(data["train"])
    for seed in range(2):
        for n in (40, 80, 160, 320, 400):
            yield from _both(lm, balanced(train, n, seed), {"dev": dev}, seed, {})


EXPERIMENTS: dict[str, Callable[[LanguageModel], Iterator[Row]]] = {
    "label_noise": _label_noise,
    "data_faults": _data_faults,
    "learning_curve": _learning_curve,
}
