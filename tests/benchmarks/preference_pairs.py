"""Train lesson 09's reply model, keep its adapter, and let it write two replies to each of 160 other tickets.

The adapter is course_lib/data/support/reply_adapter; the pairs of preferences.jsonl beside it were picked at random from
what this prints as JSON Lines (see the datasheet there).

    python -m tests.benchmarks.preference_pairs --adapter reply_adapter > pairs.jsonl
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from course_lib.adapters import ModelCard, merge, save_adapter
from course_lib.data import as_rows, load_support
from course_lib.experiments import reply_rows, reply_split, train_reply_model
from course_lib.faithfulness import check_reply
from course_lib.models import LanguageModel, default_model
from course_lib.prompting import complete
from course_lib.scoreboard import proportion


def replies(lm: LanguageModel, rows: list[dict], **settings: float) -> list[str]:
    prompts = [row["prompt"] for row in reply_rows(rows, with_rule=True)]
    answers = complete(prompts, lm=lm, max_new_tokens=60, stop=["\n"], progress=False, **settings)
    return [answer.text.strip() for answer in answers]


def card(lm: LanguageModel) -> ModelCard:
    dev = as_rows(load_support()["dev"])
    checks = [check_reply(text, row["policy_ids"]) for text, row in zip(replies(lm, dev), dev, strict=True)]
    faithful = proportion([check.faithful for check in checks])
    return ModelCard(
        title="Reply model of lesson 09",
        data="240 invented tickets of the course's support set (train), each with the policy's rules that it needs in the "
        "prompt and the agent's reply as the completion.",
        metrics={"reply has the words of a needed rule and none against it, dev": f"{faithful}, n = {len(dev)}"},
        licence="Apache-2.0",
        intended_use="Teaching: the starting point of lesson 09. Not fit for customers.",
        medical=False,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, help="a folder for the adapter")
    options = parser.parse_args()
    tuned = train_reply_model(default_model(), progress=False)
    if options.adapter:
        save_adapter(tuned, options.adapter, card(tuned.lm))
    rows, lm = reply_split()[1], merge(tuned.lm)
    sampled = [replies(lm, rows, temperature=0.7, top_p=0.9, seed=seed) for seed in (1, 2)]
    for row, a, b in zip(rows, *sampled, strict=True):
        if a != b:
            print(json.dumps({"ticket": row["id"], "a": a, "b": b}, ensure_ascii=False))


if __name__ == "__main__":
    main()
