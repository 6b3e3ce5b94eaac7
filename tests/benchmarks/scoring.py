"""How much sharing the prompts' prefix saves when choices are scored.

Scores 40 prompts x 8 choices after a shared prefix of about 380 tokens, once with score_choices and once with a
plain forward pass over every prompt + choice (batched, no cache), in one run on this machine, and prints both
times, their ratio and the largest difference between the scores.

    python tests/benchmarks/scoring.py [--dtype bfloat16]
"""

from __future__ import annotations

import argparse
import os
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
os.environ["COURSE_DTYPE"] = parser.parse_args().dtype

import torch  # noqa: E402  (after COURSE_DTYPE is set)

from course_lib.data import load_support  # noqa: E402
from course_lib.models import LanguageModel, default_model  # noqa: E402
from course_lib.scoring import score_choices  # noqa: E402


def naive_scores(prompts: list[str], choices: list[str], *, lm: LanguageModel, batch_size: int = 8) -> torch.Tensor:
    """The same table by reading every prompt + choice from its first token to its last."""
    scores = torch.zeros(len(prompts), len(choices))
    for row, prompt in enumerate(prompts):
        start = len(lm.tokenizer(prompt, add_special_tokens=False)["input_ids"])
        for first in range(0, len(choices), batch_size):
            texts = [prompt + choice for choice in choices[first : first + batch_size]]
            encoded = lm.tokenizer(
                texts, add_special_tokens=False, padding=True, padding_side="right", return_tensors="pt"
            )
            with torch.inference_mode():
                logits = lm.model(**encoded.to(lm.device)).logits.float().log_softmax(dim=-1).cpu()
            ids, mask = encoded["input_ids"].cpu(), encoded["attention_mask"].cpu()
            for column in range(len(texts)):
                places = torch.arange(start, int(mask[column].sum()))
                scores[row, first + column] = logits[column, places - 1, ids[column, places]].sum()
    return scores


def main() -> None:
    lm = default_model()
    data = load_support()
    topics = data["train"].features["topic"].names
    shots, prefix = 0, "Each ticket of a clothing shop has one topic.\n\n"
    while len(lm.tokenizer(prefix)["input_ids"]) < 380:
        row = data["train"][shots]
        prefix += f"Ticket: {row['message']}\nTopic: {topics[row['topic']]}\n\n"
        shots += 1
    prompts = [f"{prefix}Ticket: {row['message']}\nTopic:" for row in data["dev"].select(range(40))]
    choices = [f" {topic}" for topic in topics]
    length = len(lm.tokenizer(prefix)["input_ids"])

    times, results = {}, {}
    for name, score in (("shared", score_choices), ("naive", naive_scores)):
        started = time.perf_counter()
        results[name] = score(prompts, choices, lm=lm)
        times[name] = time.perf_counter() - started
    difference = (results["shared"] - results["naive"]).abs().max().item()
    print(f"{lm}, {torch.get_num_threads()} threads; 40 prompts x {len(choices)} choices after {length} shared tokens")
    print(f"naive  {times['naive']:8.1f} s\nshared {times['shared']:8.1f} s")
    print(f"ratio  {times['naive'] / times['shared']:8.1f} x")
    print(f"largest difference between scores: {difference:.1e} nats")


if __name__ == "__main__":
    main()
