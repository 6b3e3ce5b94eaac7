"""Long experiments: run once by a named command, recorded with all that is needed to check them, run again at will.

A lesson shows ``recorded(name)`` where ``run(name)`` would take minutes. ``course experiment NAME`` runs one, and
with ``--record`` puts its result in place of the recorded one. Everything is measured on dev, never on test, but for
``data_faults``, whose subject is what training on test rows does to a test score.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.data import (
    CONDITIONS,
    DATA,
    as_rows,
    load_general_questions,
    load_out_of_scope,
    load_paraphrases,
    load_policy,
    load_prediagnosis,
    load_preferences,
    load_support,
)
from course_lib.data.corruption import corrupt
from course_lib.data.report import fit_baseline
from course_lib.doctor import processor_cores
from course_lib.errors import CourseError
from course_lib.faithfulness import check_reply
from course_lib.files import write_atomically

if TYPE_CHECKING:
    from datasets import Dataset

    from course_lib.finetune import FinetuneConfig, Finetuned
    from course_lib.models import LanguageModel

RECORDED = Path(__file__).parent / "recorded"
FURTHER_DATA = {"preference_tuning": ["preferences"], "control": ["paraphrases"]}
REPLY_ADAPTER = DATA / "support" / "reply_adapter"
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
    _found_on_disk.clear()
    rows = list(tqdm(EXPERIMENTS[name](lm), desc=name, unit="result"))
    return Experiment(
        name=name,
        date=datetime.now(UTC).date().isoformat(),
        command=f"course experiment {name} --record",
        model=lm.name,
        processors=processor_cores(),
        seconds=round(time.perf_counter() - began + sum(_found_on_disk)),
        data=data_digest(name),
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


def data_digest(name: str) -> str:
    """SHA-256 of the rows that an experiment uses: tells whether it was recorded on the data of today."""
    digest = hashlib.sha256()
    for folder in ("support", "prediagnosis", "general"):
        for file in ("train", "dev", "test", "out_of_scope", "probe", "questions", *FURTHER_DATA.get(name, ())):
            if (path := DATA / folder / f"{file}.jsonl").exists():
                digest.update(path.read_bytes())
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
    classifier = fit_baseline([row["description"] for row in train], [row["condition"] for row in train])
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


_found_on_disk: list[float] = []  # seconds of trainings that this run did not have to repeat


def _tune(
    lm: LanguageModel, train: list[Row], config: FinetuneConfig | None = None, dev: list[Row] | None = None
) -> Finetuned:
    """``finetune``, noting what was saved, so that an experiment's minutes are those of a first run."""
    from course_lib.finetune import finetune

    return _noted(finetune(lm, train, config, dev=dev, progress=False))


def _noted(tuned: Finetuned) -> Finetuned:
    """A training as it is, its seconds kept in mind if it came from disk."""
    if tuned.reused:
        _found_on_disk.append(tuned.seconds)
    return tuned


def _both(lm: LanguageModel, train: list[Row], sets: dict[str, list[Row]], seed: int, about: Row) -> Iterator[Row]:
    """Results of LoRA and of the classical baseline, trained on the same rows, on each of the evaluation sets."""
    from course_lib.finetune import FinetuneConfig

    epochs = max(4, 640 // len(train))  # small sets get as many steps as 160 rows do
    tuned = _tune(lm, clinic_rows(train), FinetuneConfig(seed=seed, epochs=epochs))
    seconds = round(tuned.seconds, 1)
    for name, rows in sets.items():
        about = about | {"seed": seed, "rows": len(train), "evaluated_on": name, "n": len(rows)}
        yield about | {"system": "LoRA", "hits": condition_hits(tuned.lm, rows), "seconds": seconds}
        yield about | {"system": "TF-IDF", "hits": classical_hits(train, rows), "seconds": 0.0}


def _label_noise(lm: LanguageModel) -> Iterator[Row]:
    from datasets import DatasetDict

    data = load_prediagnosis()
    dev = as_rows(data["dev"])
    place = {name: number for number, name in enumerate(data["train"]["id"])}
    for seed in range(2):
        chosen = [place[row["id"]] for row in balanced(as_rows(data["train"]), 160, seed)]
        part = DatasetDict(data | {"train": data["train"].select(chosen)})
        for rate in (0.0, 0.1, 0.2, 0.4):
            dirty = as_rows(corrupt(part, "wrong_labels", rate, seed)["train"])
            yield from _both(lm, dirty, {"dev": dev}, seed, {"rate": rate})


def faulty_sets(seed: int) -> tuple[dict[str, list[Row]], list[Row], list[Row]]:
    """Training sets of 160 rows with one fault each (``removed``: 80 rows); the 80 test rows that leak, and the others.

    The 80 good rows are the same in every set.
    """
    data = load_prediagnosis()
    test, messages = as_rows(data["test"]), list(load_out_of_scope("prediagnosis")["message"])
    clean, leaked = balanced(as_rows(data["train"]), 160, seed), balanced(test, 80, seed)
    half, rest, rng = clean[:80], clean[80:], random.Random(f"faults {seed}")
    inside = {row["id"] for row in leaked}
    cut = [row | {"description": row["description"][: round(len(row["description"]) * 0.4)]} for row in rest]
    strangers = [row | {"description": rng.choice(messages)} for row in rest]
    sets = {
        "none": clean,
        "leakage": half + leaked,
        "removed": half,
        "duplicates": half + half,
        "truncated_text": half + cut,
        "off_topic": half + strangers,
    }
    return sets, leaked, [row for row in test if row["id"] not in inside]


def _data_faults(lm: LanguageModel) -> Iterator[Row]:
    sets, leaked, others = faulty_sets(seed=0)
    dev = {"dev": as_rows(load_prediagnosis()["dev"])}
    test = {"test rows in train": leaked, "test rows not in train": others}
    for fault, train in sets.items():
        yield from _both(lm, train, dev | test if fault in ("none", "leakage") else dev, 0, {"fault": fault})


EVERYDAY = (
    " a migraine", " a tension headache", " a cluster headache", " a cold", " the flu", " pneumonia", " asthma",
    " heartburn", " a stomach bug", " appendicitis", " a bladder infection", " a kidney infection",
)  # fmt: skip
"""Lesson 04's names for CONDITIONS, in their order."""


def worded(rows: Sequence[Row]) -> list[str]:
    """Lesson 04's best prompt for each description."""
    return [f'A patient says: "{" ".join(row["description"].split())}"\nThe patient probably has' for row in rows]


def prompt_hits(lm: LanguageModel, train: Sequence[Row], rows: Sequence[Row]) -> list[int]:
    """Lesson 04's best prompt: everyday words scored, and calibrated on descriptions of ``train`` without labels."""
    from course_lib.scoring import calibrate, score_choices

    batch = random.Random(0).sample(list(train), 96)
    scores, preference = (score_choices(worded(some), EVERYDAY, lm=lm, progress=False) for some in (rows, batch))
    best = calibrate(scores, preference).argmax(dim=1).tolist()
    return [int(CONDITIONS[place] == row["condition"]) for place, row in zip(best, rows, strict=True)]


def _learning_curve(lm: LanguageModel) -> Iterator[Row]:
    data = load_prediagnosis()
    dev, train = as_rows(data["dev"]), as_rows(data["train"])
    yield {"system": "best prompt of lesson 04", "rows": 0, "n": len(dev), "hits": prompt_hits(lm, train, dev)}
    for n, seeds in ((40, 2), (80, 2), (160, 2), (320, 1), (400, 1)):  # luck matters most where rows are few
        for seed in range(seeds):
            yield from _both(lm, balanced(train, n, seed), {"dev": dev}, seed, {})


def _learning_rates(lm: LanguageModel) -> Iterator[Row]:
    """Lesson 07's training on 160 tickets, at five learning rates."""
    from course_lib.finetune import FinetuneConfig

    data = load_support()
    train, dev = ticket_rows(balanced(as_rows(data["train"]), 160, 0, "topic")), ticket_rows(data["dev"])
    for rate in (1e-4, 1e-3, 3e-3, 1e-2, 1e-1):
        tuned = _tune(lm, train, FinetuneConfig(epochs=3, learning_rate=rate), dev=dev)
        for epoch in tuned.epochs:
            losses = {"train_loss": epoch["train_loss"], "dev_loss": epoch["dev_loss"]}
            yield {"learning_rate": rate, "rows": len(train), "epoch": epoch["epoch"], **losses}


def _support_tuning(lm: LanguageModel) -> Iterator[Row]:
    """Item, topic and both on dev, against the number of tickets trained on."""
    from course_lib.prompting import complete

    data = load_support()
    dev = as_rows(data["dev"])
    for n in (20, 40, 80, 160, 400):
        train = balanced(as_rows(data["train"]), n, 0, "topic")
        tuned = _tuned_on_tickets(lm, train)
        prompts = [row["prompt"] for row in ticket_rows(dev)]
        replies = complete(prompts, lm=tuned.lm, max_new_tokens=12, stop=["\n"], progress=False)
        said = [tuple(part.strip() for part in f"{reply.text}|".split("|")[:2]) for reply in replies]
        for system, predicted in (("LoRA", said), ("no model", classical_tickets(train, dev))):
            metrics = {
                "item": [int(item == row["item"]) for (item, _), row in zip(predicted, dev, strict=True)],
                "topic": [int(topic == row["topic"]) for (_, topic), row in zip(predicted, dev, strict=True)],
            }
            metrics["exact"] = [item * topic for item, topic in zip(*metrics.values(), strict=True)]
            seconds = round(tuned.seconds, 1) if system == "LoRA" else 0.0
            for metric, hits in metrics.items():
                yield {"rows": n, "system": system, "metric": metric, "n": len(dev), "hits": hits, "seconds": seconds}


def _tuned_on_tickets(lm: LanguageModel, train: Sequence[Row]) -> Finetuned:
    from course_lib.finetune import FinetuneConfig

    return _tune(lm, ticket_rows(train), FinetuneConfig(epochs=3))


def classical_tickets(train: Sequence[Row], rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Item and topic of tickets without a language model: the first known item that a message names (``unknown`` if
    none), and the topic by TF-IDF with logistic regression."""
    items = {row["item"] for row in train}
    topics = fit_baseline([row["message"] for row in train], [row["topic"] for row in train])
    messages = [row["message"] for row in rows]
    named = [[word for word in re.findall(r"[a-z-]+", text.lower()) if word in items] for text in messages]
    return [((words or ["unknown"])[0], str(t)) for words, t in zip(named, topics.predict(messages), strict=True)]


def reply_prompt(message: str, rule: str = "") -> str:
    """What a reply model reads: on request the rule, then the customer's message."""
    return (f"Rule: {rule}\n" if rule else "") + f"Customer: {message}\nNorthwind Threads:"


def reply_rows(rows: Sequence[Row], with_rule: bool = False, rules: Mapping[str, str] | None = None) -> list[Row]:
    """Examples for ``finetune``: a ticket, on request with the policy's rules that it needs (or with ``rules`` in their
    place), and the agent's reply."""
    rules = load_policy() if rules is None else rules
    examples = []
    for row in rows:
        rule = " ".join(rules[number] for number in row["policy_ids"]) if with_rule else ""
        examples.append({"prompt": reply_prompt(row["message"], rule), "completion": " " + row["reply"]})
    return examples


def reply_split() -> tuple[list[Row], list[Row]]:
    """Lesson 09's parts of the train tickets: 240 to learn to reply from, and 160 others to collect preferences on."""
    rows = balanced(as_rows(load_support()["train"]), 400, 0, "topic")
    return rows[:240], rows[240:]


def preference_rows(pairs: Sequence[Row], winners: Sequence[str | None]) -> list[Row]:
    """Examples for ``dpo`` from pairs of ``load_preferences`` and their winners, "first" or "second"; a tie or None
    says nothing, and the pair is left out."""
    examples = []
    for pair, winner in zip(pairs, winners, strict=True):
        if winner in ("first", "second"):
            loser = "second" if winner == "first" else "first"
            prompt = reply_prompt(pair["customer"], pair["rule"])
            examples.append({"prompt": prompt, "chosen": " " + pair[winner], "rejected": " " + pair[loser]})
    return examples


def train_reply_model(lm: LanguageModel, *, progress: bool = True) -> Finetuned:
    """Lesson 09's starting point, trained now: lesson 07's recipe on 240 replies, with the rules in the prompt."""
    from course_lib.finetune import FinetuneConfig, finetune

    rows = reply_rows(reply_split()[0], with_rule=True)
    return finetune(lm, rows, FinetuneConfig(epochs=2), progress=progress)


def reply_model(lm: LanguageModel, *, progress: bool = True) -> LanguageModel:
    """The model of ``train_reply_model``, its adapter folded in, so that a further training can put a new one on top.

    For the course's default model the adapter comes with the course (``data/support/reply_adapter``, with its model
    card); for another it is trained, and found on disk the next time.
    """
    from course_lib.adapters import load_adapter, merge, note_of
    from course_lib.models import model_digest

    if note_of(REPLY_ADAPTER)["base_digest"] == model_digest(lm.model):
        return merge(load_adapter(REPLY_ADAPTER, lm))
    return merge(train_reply_model(lm, progress=progress).lm)


def _tuned_on_replies(lm: LanguageModel, with_rule: bool) -> Finetuned:
    from course_lib.finetune import FinetuneConfig

    train = balanced(as_rows(load_support()["train"]), 400, 0, "topic")
    return _tune(lm, reply_rows(train, with_rule), FinetuneConfig(epochs=2))


def _support_replies(lm: LanguageModel) -> Iterator[Row]:
    """Replies to the dev tickets, untouched and tuned, without and with the rules in the prompt."""
    from course_lib.prompting import complete

    dev = as_rows(load_support()["dev"])
    for trained in (False, True):
        for with_rule in (False, True):
            tuned = _tuned_on_replies(lm, with_rule) if trained else None
            model, began = tuned.lm if tuned else lm, time.perf_counter()
            prompts = [row["prompt"] for row in reply_rows(dev, with_rule)]
            replies = complete(prompts, lm=model, max_new_tokens=60, stop=["\n"], progress=False)
            texts = [reply.text.strip() for reply in replies]
            checks = [check_reply(text, row["policy_ids"]) for text, row in zip(texts, dev, strict=True)]
            yield {
                "system": ("tuned" if trained else "untouched") + (", rule in the prompt" if with_rule else ""),
                "n": len(dev),
                "ids": [row["id"] for row in dev],
                "fact": [int(check.fact) for check in checks],
                "contradiction": [int(check.contradiction) for check in checks],
                "replies": texts,
                "tokens": sum(reply.prompt_tokens + reply.new_tokens for reply in replies) / len(dev),
                "seconds_per_reply": round((time.perf_counter() - began) / len(dev), 3),
                "training_rows": 400 if trained else 0,
                "training_seconds": round(tuned.seconds, 1) if tuned else 0.0,
            }


def own_answers(lm: LanguageModel) -> list[Row]:
    """Examples for ``finetune``: general questions as chat, with what the model itself answers, cut after the last
    whole sentence; questions without one are left out. Learning from them is self-distillation (Yang et al. 2024,
    https://arxiv.org/abs/2402.13669)."""
    from course_lib.prompting import chat_prompt, complete

    prompts = [chat_prompt([{"role": "user", "content": text}], lm=lm) for text in load_general_questions()]
    answers = complete(prompts, lm=lm, max_new_tokens=48, stop=["\n"], progress=False)
    cut = [answer.text[: answer.text.rfind(".") + 1].strip() for answer in answers]
    return [{"prompt": prompt, "completion": text} for prompt, text in zip(prompts, cut, strict=True) if text]


def _forgetting_ledger(lm: LanguageModel) -> Iterator[Row]:
    """The probe's answers before and after each training; for the clinic's trainings also the hits on dev."""
    from course_lib import forgetting
    from course_lib.finetune import FinetuneConfig

    clinic, shop = load_prediagnosis(), load_support()
    dev, examples = as_rows(clinic["dev"]), clinic_rows(balanced(as_rows(clinic["train"]), 160, 0))
    trainings: dict[str, Callable[[], LanguageModel]] = {
        "untouched": lambda: lm,
        "tickets (07)": lambda: _tuned_on_tickets(lm, balanced(as_rows(shop["train"]), 400, 0, "topic")).lm,
        "replies (07)": lambda: _tuned_on_replies(lm, with_rule=False).lm,
        "condition (08)": lambda: _tune(lm, examples, FinetuneConfig()).lm,
        "condition + general (08)": lambda: _tune(lm, examples + own_answers(lm)).lm,
    }
    for training, make in trainings.items():
        model = make()
        for row in forgetting.ask(model, progress=False):
            yield {"training": training} | {key: row[key] for key in ("id", "area", "question", "answer", "right")}
        if training.startswith("condition"):
            for row, hit in zip(dev, condition_hits(model, dev), strict=True):
                yield {"training": training, "id": row["id"], "area": "dev", "right": bool(hit)}


def copied_share(reply: str, rule: str) -> float:
    """Which share of a reply's runs of three words stands in the rule as well: 1 for a parrot, 0 for a reply of fewer
    than three words."""

    def runs(text: str) -> list[tuple[str, ...]]:
        words = re.findall(r"[a-z0-9£']+", text.lower())
        return list(zip(words, words[1:], words[2:], strict=False))

    known, own = set(runs(rule)), runs(reply)
    return sum(run in known for run in own) / len(own) if own else 0.0


def preference_dev() -> list[Row]:
    """The 40 dev tickets on which lesson 09 compares replies before and after."""
    return balanced(as_rows(load_support()["dev"]), 40, 0, "topic")


def _preference_tuning(lm: LanguageModel) -> Iterator[Row]:
    """Replies to 40 dev tickets before preference tuning, and after more and more of it, by the reader's verdicts."""
    from course_lib.dpo import DPO_CONFIG, dpo
    from course_lib.prompting import complete

    base, dev, rules = reply_model(lm, progress=False), preference_dev(), load_policy()
    pairs = load_preferences()[:PREFERENCE_PAIRS]
    examples = preference_rows(pairs, [pair["reader"] for pair in pairs])
    for rate, epochs in PREFERENCE_SETTINGS:
        model, seconds, loss = base, 0.0, None
        if epochs:
            tuned = _noted(dpo(base, examples, replace(DPO_CONFIG, learning_rate=rate, epochs=epochs), progress=False))
            model, seconds, loss = tuned.lm, tuned.seconds, tuned.epochs[-1]["train_loss"]
        prompts = [row["prompt"] for row in reply_rows(dev, with_rule=True)]
        replies = complete(prompts, lm=model, max_new_tokens=60, stop=["\n"], progress=False)
        texts = [reply.text.strip() for reply in replies]
        needed = [" ".join(rules[number] for number in row["policy_ids"]) for row in dev]
        yield {
            "learning_rate": rate,
            "epochs": epochs,
            "pairs": len(examples) if epochs else 0,
            "seconds": round(seconds, 1),
            "train_loss": loss,
            "n": len(dev),
            "ids": [row["id"] for row in dev],
            "replies": texts,
            "faithful": [int(check_reply(t, row["policy_ids"]).faithful) for t, row in zip(texts, dev, strict=True)],
            "tokens": [reply.new_tokens for reply in replies],
            "copied": [round(copied_share(text, rule), 3) for text, rule in zip(texts, needed, strict=True)],
        }


PREFERENCE_PAIRS = 72
"""How many of the pairs lesson 09 trains on, the 24 of the student among them: what fits into three minutes."""
PREFERENCE_SETTINGS = ((0.0, 0), (1e-3, 2), (3e-3, 4))
"""Learning rate and epochs of ``_preference_tuning``, from nothing to too much."""
NEW_DAYS = "14 days"


def changed_rules() -> dict[str, str]:
    """The policy after a change: returns (P01) and free exchanges (P11) within 14 days instead of 30."""
    rules = load_policy()
    return rules | {number: rules[number].replace("30 days", NEW_DAYS) for number in ("P01", "P11")}


def _control(lm: LanguageModel) -> Iterator[Row]:
    """What a change of the policy, and of the wording, does to each approach.

    ``test`` "policy change": replies to the dev tickets that need P01 or P11, with the changed rule where a prompt has
    it. ``seconds_to_change`` is what making the change takes a computer: nothing for a prompt, and a training for a
    model that has its rules in its weights. ``test`` "paraphrases": item and topic of 16 dev tickets, as they stand
    and in three other wordings each.
    """
    from course_lib.finetune import FinetuneConfig
    from course_lib.prompting import complete

    data = load_support()
    dev, train = as_rows(data["dev"]), as_rows(data["train"])
    asked = [row for row in dev if {"P01", "P11"} & set(row["policy_ids"])]
    bare = _tune(lm, reply_rows(reply_split()[0]), FinetuneConfig(epochs=2))
    with_rule = reply_model(lm, progress=False)
    for system, model, rules in (
        ("untouched, rule in the prompt", lm, changed_rules()),
        ("tuned, no rule", bare.lm, None),
        ("tuned, old rule in the prompt", with_rule, load_policy()),
        ("tuned, new rule in the prompt", with_rule, changed_rules()),
    ):
        prompts = [row["prompt"] for row in reply_rows(asked, rules is not None, rules)]
        replies = complete(prompts, lm=model, max_new_tokens=60, stop=["\n"], progress=False)
        texts = [reply.text.strip() for reply in replies]
        seconds = round(bare.seconds, 1) if rules is None else 0.0
        about = {"test": "policy change", "system": system, "n": len(asked), "seconds_to_change": seconds}
        yield about | {"ids": [row["id"] for row in asked], "replies": texts}
    tickets = {row["id"]: row for row in dev}
    wordings = [(row["ticket"], row["style"], row["message"]) for row in load_paraphrases()]
    chosen = dict.fromkeys(ticket for ticket, *_ in wordings)
    cases = [(ticket, "as it stands", tickets[ticket]["message"]) for ticket in chosen] + wordings
    rows = [tickets[ticket] | {"message": message} for ticket, _, message in cases]
    bare_prompts = [row["prompt"] for row in ticket_rows(rows)]
    shown = ticket_rows(balanced(train, 8, 0, "topic"))
    examples = "\n\n".join(row["prompt"] + row["completion"] for row in shown)
    tuned = _tuned_on_tickets(lm, balanced(train, 160, 0, "topic"))
    for system, model, prompts in (
        ("prompt, 8 examples", lm, [f"{examples}\n\n{prompt}" for prompt in bare_prompts]),
        ("tuned on 160", tuned.lm, bare_prompts),
        ("no model, 160 labels", None, None),
    ):
        if model is None:
            said = [f"{item} | {topic}" for item, topic in classical_tickets(balanced(train, 160, 0, "topic"), rows)]
        else:
            said = [
                reply.text.strip()
                for reply in complete(prompts, lm=model, max_new_tokens=12, stop=["\n"], progress=False)
            ]
        yield {
            "test": "paraphrases",
            "system": system,
            "n": len(cases),
            "tickets": [ticket for ticket, *_ in cases],
            "styles": [style for _, style, _ in cases],
            "said": said,
            "wanted": [f"{row['item']} | {row['topic']}" for row in rows],
        }


def _together(lm: LanguageModel) -> Iterator[Row]:
    """Prompting and fine-tuning on the clinic's job, apart and together: conditions of the dev rows, by scoring.

    ``bare`` is lesson 08's layout and ``worded`` lesson 04's (a sentence, and everyday names); ``calibrated`` divides
    out the preference that 96 train descriptions show, as in lesson 04.
    """
    from course_lib.finetune import FinetuneConfig
    from course_lib.scoring import calibrate, score_choices

    data = load_prediagnosis()
    dev, train = as_rows(data["dev"]), as_rows(data["train"])
    few, batch = balanced(train, 160, 0), random.Random(0).sample(train, 96)
    names = [" " + name.replace("_", " ") for name in CONDITIONS]

    def bare(rows: Sequence[Row]) -> list[str]:
        return [row["prompt"] for row in clinic_rows(list(rows))]

    for layout, make, choices in (("bare", bare, names), ("worded", worded, EVERYDAY)):
        wanted = [choices[CONDITIONS.index(row["condition"])] for row in few]
        examples = [{"prompt": p, "completion": c} for p, c in zip(make(few), wanted, strict=True)]
        for trained in (False, True):
            tuned = _tune(lm, examples, FinetuneConfig()) if trained else None
            model = tuned.lm if tuned else lm
            scores, preference = (score_choices(make(rows), choices, lm=model, progress=False) for rows in (dev, batch))
            for calibrated, table in ((False, scores), (True, calibrate(scores, preference))):
                best = table.argmax(dim=1).tolist()
                hits = [int(CONDITIONS[place] == row["condition"]) for place, row in zip(best, dev, strict=True)]
                name = "tuned on 160" if trained else "untouched"
                yield {
                    "system": f"{name}, {layout}" + ", calibrated" * calibrated,
                    "labels": 160 if trained else 0,
                    "n": len(dev),
                    "hits": hits,
                    "seconds": round(tuned.seconds, 1) if tuned else 0.0,
                }
    for labels in (160, 400):
        hits = classical_hits(balanced(train, labels, 0), dev)
        yield {"system": f"TF-IDF, {labels} labels", "labels": labels, "n": len(dev), "hits": hits, "seconds": 0.0}


EXPERIMENTS: dict[str, Callable[[LanguageModel], Iterator[Row]]] = {
    "label_noise": _label_noise,
    "data_faults": _data_faults,
    "learning_rates": _learning_rates,
    "support_tuning": _support_tuning,
    "support_replies": _support_replies,
    "learning_curve": _learning_curve,
    "forgetting_ledger": _forgetting_ledger,
    "preference_tuning": _preference_tuning,
    "control": _control,
    "together": _together,
}
