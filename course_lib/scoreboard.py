"""The scoreboard: every result of the course in one local file, from the first vague prompt to the tuned model."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import platformdirs

from course_lib.errors import CourseError
from course_lib.files import write_atomically

if TYPE_CHECKING:
    import pandas
    from IPython.display import Image
    from matplotlib.figure import Figure

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
"""Colours that colour-blind readers can tell apart (Okabe & Ito, https://jfly.uni-koeln.de/color/)."""


@dataclass(frozen=True)
class Estimate:
    """A measured figure with its 95 % confidence interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.0%} [{self.low:.0%}, {self.high:.0%}]"


def proportion(hits: Sequence[bool]) -> Estimate:
    """Share of hits with its Wilson 95 % interval, which stays inside 0 … 1 and is honest at both ends
    (Wilson 1927; https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.binomtest.html)."""
    from scipy.stats import binomtest

    if not len(hits):
        raise ValueError("A share of no answers at all is not defined: score at least one answer.")
    k, n = sum(map(bool, hits)), len(hits)
    interval = binomtest(k, n).proportion_ci(method="wilson")
    return Estimate(k / n, float(interval.low), float(interval.high))


@dataclass(frozen=True)
class Difference(Estimate):
    """How much better one approach is than another on the same ``n`` rows, with its 95 % interval."""

    n: int

    def __str__(self) -> str:
        verdict = "the interval leaves out 0" if self.low > 0 or self.high < 0 else "could be luck"
        if self.low == self.high == 0:
            verdict = "these rows show no difference"  # which the bootstrap, redrawing them, cannot doubt
        return f"{self.value:+.0%} [{self.low:+.0%}, {self.high:+.0%}], n = {self.n}: {verdict}"


def paired_difference(
    hits_a: Sequence[bool], hits_b: Sequence[bool], resamples: int = 2000, seed: int = 0
) -> Difference:
    """Share of hits of B minus that of A, with the paired bootstrap's 95 % interval.

    Rows are drawn with replacement, the same ones for both (Efron and Tibshirani 1993; Berg-Kirkpatrick et al. 2012,
    https://aclanthology.org/D12-1091/). Lesson 02 builds it up. Raises ValueError unless both have a value for the
    same rows, at least one.
    """
    import numpy as np

    if len(hits_a) != len(hits_b) or not len(hits_a):
        raise ValueError(
            f"Paired lists must have the same length, at least 1; these have {len(hits_a)}, {len(hits_b)}."
        )
    differences = np.asarray(hits_b, dtype=float) - np.asarray(hits_a, dtype=float)
    rows = np.random.default_rng(seed).integers(0, len(differences), size=(resamples, len(differences)))
    low, high = np.percentile(differences[rows].mean(axis=1), [2.5, 97.5])
    return Difference(float(differences.mean()), float(low), float(high), len(differences))


@dataclass(frozen=True)
class Result:
    """One measured approach. ``tokens`` and ``seconds`` are means for one item: prompt and answer tokens, wall time."""

    lesson: str
    task: str
    approach: str
    model: str
    n: int
    metrics: dict[str, Estimate]
    tokens: float
    seconds: float
    date: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def __post_init__(self) -> None:
        numbers = [self.tokens, self.seconds, *(value for e in self.metrics.values() for value in asdict(e).values())]
        if self.n < 1 or not self.metrics or not all(math.isfinite(number) and number >= 0 for number in numbers):
            raise ValueError("A result needs n ≥ 1, at least one metric, and finite numbers that are not negative.")

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What identifies an experiment: running it again replaces its old result."""
        return self.lesson, self.task, self.approach, self.model


def scoreboard_path() -> Path:
    """The scoreboard's file: ``COURSE_SCOREBOARD``, or one in this user's data directory."""
    default = Path(platformdirs.user_data_dir("prompt-vs-finetune")) / "scoreboard.json"
    return Path(os.environ.get("COURSE_SCOREBOARD") or default)


def add_result(result: Result) -> None:
    """Put a result on the scoreboard, in place of an older one of the same experiment.

    Safe when two notebooks write at once, and never half written. Raises CourseError if the file is damaged.
    """
    path = scoreboard_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(path.with_name(path.name + ".lock")):
        kept = [old for old in results() if old.key != result.key]
        lines = [json.dumps(asdict(row), ensure_ascii=False) for row in [*kept, result]]
        write_atomically(path, "[\n" + ",\n".join(lines) + "\n]\n")


def results(task: str | None = None) -> list[Result]:
    """All results, or those of one task, in the order in which they were added."""
    path = scoreboard_path()
    if not path.exists():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        for row in rows:
            row["metrics"] = {name: Estimate(**estimate) for name, estimate in row["metrics"].items()}
        found = [Result(**row) for row in rows]
    except (ValueError, TypeError, KeyError) as error:
        raise CourseError(
            f"The scoreboard {path} is damaged ({error}). Move it away: a new one begins with the next result."
        ) from error
    return [result for result in found if task in (None, result.task)]


def table(task: str) -> pandas.DataFrame:
    """The results of one task as a table, a row for each approach."""
    import pandas

    rows = [
        {"approach": r.approach, "model": r.model, "n": r.n}
        | {name: str(estimate) for name, estimate in r.metrics.items()}
        | {"tokens per item": round(r.tokens), "seconds per item": round(r.seconds, 2)}
        for r in results(task)
    ]
    return pandas.DataFrame(rows)


def plot(task: str, metrics: Sequence[str] | None = None) -> Figure:
    """Draw the results of one task: a row for each approach, a point with its 95 % interval for each metric.

    Raises CourseError if the task has no results yet.
    """
    from matplotlib.figure import Figure

    found = results(task)
    if not found:
        raise CourseError(f"The scoreboard has no results for the task {task!r} yet: run a measuring cell first.")
    names = list(metrics or dict.fromkeys(name for result in found for name in result.metrics))
    figure = Figure(figsize=(8, 1.2 + 0.45 * len(found)), layout="constrained")
    axes = figure.subplots()
    step = 0.6 / max(1, len(names))
    for series, name in enumerate(names):
        points = [(row, result.metrics[name]) for row, result in enumerate(found) if name in result.metrics]
        axes.errorbar(
            [estimate.value for _, estimate in points],
            [row + (series - (len(names) - 1) / 2) * step for row, _ in points],
            xerr=[
                [max(0.0, estimate.value - estimate.low) for _, estimate in points],
                [max(0.0, estimate.high - estimate.value) for _, estimate in points],
            ],
            fmt="os^Dvp"[series % 6],
            color=PALETTE[series % len(PALETTE)],
            capsize=3,
            label=name,
        )
    models = {result.model for result in found}
    labels = [r.approach if len(models) == 1 else f"{r.approach} ({r.model})" for r in found]
    axes.set_yticks(range(len(found)), labels)
    axes.set_ylim(len(found) - 0.5, -0.5)  # the first result on top
    axes.set_xlim(-0.02, 1.02)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_xlabel(
        f"share of answers that are right (95 % interval, n = {', '.join(sorted({str(r.n) for r in found}))})"
    )
    axes.grid(axis="x", alpha=0.3)
    figure.legend(loc="outside lower center", ncols=min(len(names), 3))  # never over a point
    axes.set_title(f"Scoreboard: {task}" + (f", {models.pop()}" if len(models) == 1 else ""))
    return figure


def describe(task: str) -> str:
    """The plot in words, for screen readers: what ``alt`` text wants."""
    parts = [f"{r.approach}: " + ", ".join(f"{name} {e}" for name, e in r.metrics.items()) for r in results(task)]
    return f"Scoreboard for {task}. " + "; ".join(parts) + "."


def picture(figure: Figure, alt: str, dpi: int = 110) -> Image:
    """A figure as what a notebook can display, with a text for those who cannot see it."""
    import io

    from IPython.display import Image

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi)
    return Image(data=buffer.getvalue(), alt=alt)


def show(figure: Figure, alt: str) -> None:
    """Display a figure in the notebook with a text for those who cannot see it."""
    from IPython.display import display

    display(picture(figure, alt))
