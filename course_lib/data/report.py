"""Is a data set good enough to teach from? Measured, with the bounds that the tests hold it to."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_lib.data import load_prediagnosis, load_support
from course_lib.data.corruption import text_and_label

if TYPE_CHECKING:
    import numpy as np
    from datasets import DatasetDict
    from matplotlib.figure import Figure
    from sklearn.pipeline import Pipeline

LOADERS = {"support": load_support, "prediagnosis": load_prediagnosis}

# A pattern for the word that would give a class away.
LABEL_WORDS = {
    "order_status": r"\bstatus", "delivery": r"\bdeliver", "exchange": r"\bexchang", "return": r"\breturn",
    "refund": r"\brefund", "sizing": r"\bsiz(e|ing)", "care": r"\bcar(e|ing)\b", "cancel": r"\bcancel",
    "migraine": r"\bmigraine", "tension_headache": r"\btension", "cluster_headache": r"\bcluster",
    "common_cold": r"\bcolds?\b", "influenza": r"\b(flu|influenza)\b", "pneumonia": r"\bpneumonia",
    "asthma": r"\basthma", "reflux": r"\b(reflux|heartburn)", "gastroenteritis": r"\b(gastroenteritis|tummy bug)",
    "appendicitis": r"\bappendi", "cystitis": r"\bcystitis", "kidney_infection": r"\bkidney",
}  # fmt: skip
# Signs of hasty writing that can be told without a dictionary.
INFORMAL = re.compile(
    r"^[a-z]|(^|\s)i('m|'ve|'ll|'d)?\s|\b(u|ur|r|pls|plz|plese|thx|cos|coz|tho|lol|omg|gonna|wanna|dont|cant|wont|didnt|"
    r"doesnt|isnt|wasnt|im|ive|id|thats|whats|wheres|recieved|allready|allways|definatly|seperate|wich|teh|n|nt)\b"
)


@dataclass(frozen=True)
class Measure:
    """One figure with the bounds that it must keep (None: reported only)."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    form: str = ".2f"

    @property
    def kept(self) -> bool:
        return (self.low is None or self.value >= self.low) and (self.high is None or self.value <= self.high)

    def bounds(self) -> str:
        """The bounds in words."""
        shown = [
            f"{word} {bound:{self.form}}" for word, bound in (("≥", self.low), ("≤", self.high)) if bound is not None
        ]
        return " and ".join(shown)


def character_ngrams(texts: Sequence[str], n: int = 5) -> list[set[str]]:
    """The set of character n-grams of each text, small letters and single spaces."""
    normal = [_normal(text) for text in texts]
    return [{text[i : i + n] for i in range(max(1, len(text) - n + 1))} for text in normal]


def jaccard(texts: Sequence[str], n: int = 5) -> np.ndarray:
    """Jaccard similarity of character n-grams, float ``[texts, texts]``, with 0 on the diagonal."""
    import numpy as np
    from scipy.sparse import csr_matrix

    grams = character_ngrams(texts, n)
    index = {gram: column for column, gram in enumerate(sorted(set().union(*grams)))}
    rows = [row for row, found in enumerate(grams) for _ in found]
    columns = [index[gram] for found in grams for gram in found]
    table = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(grams), len(index)))
    shared = (table @ table.T).toarray()
    sizes = np.array([len(found) for found in grams])
    similarity = shared / (sizes[:, None] + sizes[None, :] - shared)
    np.fill_diagonal(similarity, 0)
    return similarity


def fit_baseline(texts: Sequence[str], labels: Sequence[Any], **options: Any) -> Pipeline:
    """TF-IDF with logistic regression (scikit-learn, its defaults, but for ``options`` of the latter), trained on texts
    and their labels."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000, **options)).fit(texts, labels)


def baseline(dataset: DatasetDict) -> tuple[float, list[int], list[int]]:
    """Macro-F1 on test of ``fit_baseline`` trained on train; and the true and predicted labels."""
    from sklearn.metrics import f1_score

    text, label = text_and_label(dataset)
    model = fit_baseline(list(dataset["train"][text]), list(dataset["train"][label]))
    truth, predicted = list(dataset["test"][label]), model.predict(list(dataset["test"][text])).tolist()
    return f1_score(truth, predicted, average="macro"), truth, predicted


def measure(dataset: DatasetDict) -> list[Measure]:
    """Everything that the report shows, in its order."""
    import numpy as np

    text, label = text_and_label(dataset)
    splits = {name: list(split[text]) for name, split in dataset.items()}
    texts = [t for split in splits.values() for t in split]
    of_split = np.array([name for name, split in splits.items() for _ in split])
    similar = jaccard(texts)
    same_split = of_split[:, None] == of_split[None, :]
    words = np.array([len(t.split()) for t in texts])
    bigrams = [pair for t in splits["train"] for pair in _bigrams(t)]
    openings = Counter(opening for t in texts if len(opening := tuple(_words(t)[:4])) == 4)
    names = dataset["train"].features[label].names
    labels = [names[value] for split in dataset.values() for value in split[label]]
    imbalance = max(
        abs(count / (len(split) / len(names)) - 1)
        for split in dataset.values()
        for count in Counter(dict.fromkeys(range(len(names)), 0) | Counter(split[label])).values()
    )
    given_away = [bool(re.search(LABEL_WORDS[name], t.lower())) for t, name in zip(texts, labels, strict=True)]
    measures = [
        *(Measure(f"rows in {name}", len(split), form=".0f") for name, split in splits.items()),
        Measure("largest imbalance of a class in a split", imbalance, high=0.10001),
        Measure("exact duplicates", len(texts) - len({_normal(t) for t in texts}), high=0, form=".0f"),
        Measure("nearest pair between splits (5-gram Jaccard)", float((similar * ~same_split).max()), high=0.5),
        Measure("nearest pair inside a split (5-gram Jaccard)", float((similar * same_split).max()), high=0.7),
        Measure("shortest message, words", words.min(), high=7, form=".0f"),
        Measure("longest message, words", words.max(), low=61, form=".0f"),
        Measure("spread of lengths (standard deviation / mean)", words.std() / words.mean(), low=0.4),
        Measure("distinct-2 of train", len(set(bigrams)) / len(bigrams), low=0.55),
        Measure("most frequent four-word opening, times", max(openings.values()), high=6, form=".0f"),
        Measure("messages with a typo, missing capital or chat spelling",
                sum(bool(INFORMAL.search(t)) for t in texts) / len(texts), low=0.2),
        Measure("messages that name their own label", sum(given_away) / len(texts), high=0.15),
        Measure("TF-IDF + logistic regression, macro-F1 on test", baseline(dataset)[0], low=0.60, high=0.88),
    ]  # fmt: skip
    hard = sum(value is not None for split in dataset.values() for value in split["hard"])
    measures.append(Measure("rows that are hard on purpose", hard, low=60, form=".0f"))
    if "red_flags" in dataset["train"].features:
        flagged = sum(bool(flags) for split in dataset.values() for flags in split["red_flags"])
        measures.append(Measure("rows with a red flag", flagged / len(texts), low=0.15))
    return measures


def _normal(text: str) -> str:
    """Small letters and single spaces: what two copies of a text have in common."""
    return " ".join(text.lower().split())


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'’-]+", text.lower())


def _bigrams(text: str) -> list[tuple[str, str]]:
    return list(itertools.pairwise(_words(text)))


def plot(name: str, dataset: DatasetDict) -> Figure:
    """Lengths of the messages in each split, and what the bag-of-words baseline takes for what."""
    from matplotlib.figure import Figure
    from sklearn.metrics import confusion_matrix

    from course_lib.scoreboard import PALETTE

    text, label = text_and_label(dataset)
    score, truth, predicted = baseline(dataset)
    names = dataset["train"].features[label].names
    figure = Figure(figsize=(12, 5), layout="constrained")
    lengths, confusion = figure.subplots(1, 2, width_ratios=(1, 1.2))
    for colour, (split, rows) in zip(PALETTE, dataset.items(), strict=False):
        words = [len(t.split()) for t in rows[text]]
        lengths.hist(
            words, bins=range(0, 101, 5), density=True, histtype="step", linewidth=2, color=colour, label=split
        )
    lengths.set_xlabel("length (words)")
    lengths.set_ylabel("share of messages per word of length")
    lengths.set_title(f"{name}: lengths")
    lengths.legend()
    table = confusion_matrix(truth, predicted, labels=range(len(names)))
    confusion.imshow(table, cmap="cividis")
    for row in range(len(names)):
        for column in range(len(names)):
            if table[row, column]:
                shade = "black" if table[row, column] > table.max() / 2 else "white"
                confusion.text(column, row, table[row, column], ha="center", va="center", color=shade)
    confusion.set_xticks(range(len(names)), names, rotation=45, ha="right")
    confusion.set_yticks(range(len(names)), names)
    confusion.set_xlabel("predicted")
    confusion.set_ylabel("true")
    confusion.set_title(f"TF-IDF + logistic regression on test: macro-F1 {score:.2f}")
    return figure
