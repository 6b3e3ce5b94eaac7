"""Costs: what an answer takes in time and processor work, measured where it runs.

Energy cannot be read off an ordinary computer without rights on its counters, so it is estimated from processor time:
seconds of all cores together, times the watts of one busy core (the reader's figure). This leaves out the screen, the
memory and the power supply, and everything that was spent before (Strubell et al. 2019,
https://arxiv.org/abs/1906.02243, estimate the same way, with measured watts).
"""

from __future__ import annotations

import time

JOULES_PER_KWH = 3.6e6


class Meter:
    """Measures what happens in its ``with`` block: ``seconds`` on the clock, and ``cpu_seconds`` of this process's
    processor time, summed over its cores (https://docs.python.org/3/library/time.html#time.process_time)."""

    def __enter__(self) -> Meter:
        self.seconds = self.cpu_seconds = 0.0
        self._began = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *problem: object) -> None:
        self.seconds = time.perf_counter() - self._began[0]
        self.cpu_seconds = time.process_time() - self._began[1]

    def joules(self, watts_per_core: float) -> float:
        """Estimated energy of the block. Raises ValueError unless ``watts_per_core`` is above 0."""
        if not watts_per_core > 0:
            raise ValueError(f"The watts of a busy core must be above 0, not {watts_per_core}.")
        return self.cpu_seconds * watts_per_core
