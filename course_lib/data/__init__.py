"""The course's own data sets, each with a datasheet beside it.

Every row was written for this course. Nothing here is real customer data.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasets import DatasetDict

DATA = Path(__file__).parent
SUPPORT_TOPICS = ("order_status", "delivery", "exchange", "return", "refund", "sizing", "care", "cancel")


def load_support() -> DatasetDict:
    """Tickets of the invented clothing shop *Northwind Threads*, in the splits train, dev and test.

    Columns: ``id``, ``message`` (what the customer wrote), ``item`` (the garment, one word of the shop's
    catalogue) and ``topic`` (a ClassLabel over SUPPORT_TOPICS). See ``support/DATASHEET.md``.
    """
    from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

    features = Features(
        {
            "id": Value("string"),
            "message": Value("string"),
            "item": Value("string"),
            "topic": ClassLabel(names=list(SUPPORT_TOPICS)),
        }
    )
    return DatasetDict(
        {
            split: Dataset.from_list(_read_jsonl(DATA / "support" / f"{split}.jsonl"), features=features)
            for split in ("train", "dev", "test")
        }
    )


def _read_jsonl(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
