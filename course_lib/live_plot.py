"""The loss while a model trains: a figure that grows in a notebook, a progress bar in a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from course_lib.scoreboard import PALETTE, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SECONDS_BETWEEN_DRAWINGS = 3


def draw(
    steps: Sequence[dict[str, Any]],
    epochs: Sequence[dict[str, Any]],
    title: str,
    total: int,
    unit: str = "nats per answer token",
) -> Figure:
    """Loss of every step and the dev loss after every epoch, as in ``Finetuned.steps`` and ``.epochs``."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.subplots()
    ends = [row["step"] for row in epochs]
    axes.plot([row["step"] for row in steps], [row["loss"] for row in steps], color=PALETTE[4], label="train, a step")
    axes.plot(ends, [row["train_loss"] for row in epochs], "o-", color=PALETTE[0], label="train, mean of an epoch")
    if any(row["dev_loss"] is not None for row in epochs):
        axes.plot(ends, [row["dev_loss"] for row in epochs], "s--", color=PALETTE[5], label="dev")
    axes.set(xlabel="step", ylabel=f"loss ({unit})", title=title, xlim=(0, total + 0.5))
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def describe(steps: Sequence[dict[str, Any]], epochs: Sequence[dict[str, Any]]) -> str:
    """The figure in words, for screen readers."""
    parts = [f"Training loss against steps: {steps[0]['loss']:.2f} at step 1, {steps[-1]['loss']:.2f} at the last."]
    for row in epochs:
        dev = "" if row["dev_loss"] is None else f", dev {row['dev_loss']:.2f}"
        parts.append(f"After epoch {row['epoch']}: train {row['train_loss']:.2f}{dev}.")
    return " ".join(parts)


class LivePlot:
    """Shows a training's progress: loss, tokens per second, time left; nothing if it is over within three seconds."""

    def __init__(self, total: int, title: str, unit: str = "nats per answer token", enabled: bool = True) -> None:
        self.total, self.title, self.unit, self.enabled = total, title, unit, enabled
        self.began = self.drawn = time.perf_counter()
        self.first = self.tokens = 0
        self.handle: Any = None
        self.bar: Any = None

    def update(self, steps: Sequence[dict[str, Any]], epochs: Sequence[dict[str, Any]]) -> None:
        """Take note of one more step; draws at most every three seconds."""
        now = time.perf_counter()
        self.first = self.first or len(steps)  # steps of an earlier, interrupted run are not counted
        self.tokens += steps[-1]["tokens"]
        if not self.enabled or now - self.drawn < SECONDS_BETWEEN_DRAWINGS:
            return
        self.drawn = now
        done, seconds = len(steps) - self.first + 1, now - self.began
        rate, left = self.tokens / seconds, (self.total - len(steps)) * seconds / done
        state = f"loss {steps[-1]['loss']:.2f}, {rate:,.0f} tokens/s"
        if _in_notebook():
            self._show(steps, epochs, f"{self.title}: step {len(steps)} of {self.total}, {state}, {left:.0f} s left")
        else:
            self._advance(len(steps), state)

    def close(self, steps: Sequence[dict[str, Any]], epochs: Sequence[dict[str, Any]]) -> None:
        """Draw the end."""
        if self.handle is not None:
            seconds = time.perf_counter() - self.began
            state = f"{len(steps)} steps, {self.tokens / seconds:,.0f} tokens/s, {seconds:.0f} s"
            self._show(steps, epochs, f"{self.title}: {state}")
        if self.bar is not None:
            self.bar.close()

    def _show(self, steps: Sequence[dict[str, Any]], epochs: Sequence[dict[str, Any]], title: str) -> None:
        from IPython.display import display

        image = picture(draw(steps, epochs, title, self.total, self.unit), describe(steps, epochs), dpi=90)
        if self.handle is None:
            self.handle = display(image, display_id=True)
        else:
            self.handle.update(image)

    def _advance(self, step: int, state: str) -> None:
        from tqdm import tqdm

        if self.bar is None:
            self.bar = tqdm(total=self.total, initial=self.first - 1, desc="Training", unit="step", leave=False)
        self.bar.update(step - self.bar.n)
        self.bar.set_postfix_str(state)  # draws at once: we come here every few seconds only


def _in_notebook() -> bool:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel")
