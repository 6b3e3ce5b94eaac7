"""How fast is a class graded, and how much memory does it take? Side by side with stock nbgrader, same submissions.

    python -m tests.benchmarks.grading                       # 24 submissions of lesson 07, both ways
    python -m tests.benchmarks.grading --lesson 02_prompt_precisely
    python -m tests.benchmarks.grading --memory 200          # `course grade` alone: memory while 200 are graded

Submissions hold the recorded answers of tests/answers, so that their scores differ. Times include each command's start.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from course_lib.authoring import read_source, serialise
from course_lib.lessons import ROOT, graded_cells

ANSWERS = Path(__file__).parents[1] / "answers"
COMMANDS = Path(sys.executable).parent


def submissions(lesson: str, count: int) -> list[str]:
    """Notebooks of which each holds other answers to every exercise; the first is the solved lesson."""
    notebooks = []
    for number in range(count):
        notebook = read_source(lesson)
        for grade_id, cell in graded_cells(notebook):
            answers = sorted((ANSWERS / lesson / grade_id).glob("*.py"))
            if number and answers:
                cell.source = answers[number % len(answers)].read_text(encoding="utf-8")
        notebooks.append(serialise(notebook))
    return notebooks


def hand_in(root: Path, lesson: str, notebooks: list[str]) -> None:
    for number, notebook in enumerate(notebooks):
        folder = root / "submitted" / f"student{number:03}" / lesson
        folder.mkdir(parents=True)
        (folder / f"{lesson}.ipynb").write_text(notebook, encoding="utf-8")


def stock(root: Path, lesson: str) -> float:
    """Seconds of `nbgrader autograde` in a course folder of its own."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    source = root / "solutions" / lesson
    source.mkdir(parents=True)
    (source / f"{lesson}.ipynb").write_text(serialise(read_source(lesson)), encoding="utf-8")
    run("nbgrader", "generate_assignment", lesson, "--create", cwd=root)
    began = time.perf_counter()
    run("nbgrader", "autograde", lesson, "--create", cwd=root)
    return time.perf_counter() - began


def run(*command: str, cwd: Path) -> None:
    path = f"{COMMANDS}:/usr/bin:/bin"
    done = subprocess.run([COMMANDS / command[0], *command[1:]], cwd=cwd, capture_output=True, text=True,
                          check=False, env={"PATH": path, "HOME": str(cwd), "OMP_NUM_THREADS": "1"})  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {(done.stderr or done.stdout)[-1500:]}")


def ours(root: Path, lesson: str, workers: int) -> tuple[float, list[float]]:
    """Seconds of `course grade`, sandbox on, and its memory in MB every half second: this process and its children,
    pages that they share counted once (PSS)."""
    command = [COMMANDS / "course", "grade", lesson, "--root", root, "--workers", str(workers)]
    began, memory = time.perf_counter(), []
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT)

    def watch() -> None:
        while process.poll() is None:
            total = 0
            for each in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]:
                try:
                    total += each.memory_full_info().pss
                except psutil.Error:
                    continue
            memory.append(total / 1e6)
            time.sleep(0.5)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    _, errors = process.communicate()
    if process.returncode:
        raise SystemExit(errors.decode()[-1500:])
    return time.perf_counter() - began, memory


def scores(root: Path, lesson: str) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {submission.student.id: submission.score for submission in gradebook.assignment_submissions(lesson)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lesson", default="07_finetune_support")
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", type=int, default=0, metavar="COUNT")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        notebooks = submissions(chosen.lesson, chosen.memory or chosen.count)
        hand_in(root / "ours", chosen.lesson, notebooks)
        if chosen.memory:
            seconds, memory = ours(root / "ours", chosen.lesson, chosen.workers)
            parts = [memory[len(memory) * n // 10 : len(memory) * (n + 1) // 10] for n in range(10)]
            print(f"{chosen.memory} submissions of {chosen.lesson}, {chosen.workers} workers: {seconds:.0f} s")
            print(
                "largest memory in each tenth of the run, MB:", " ".join(f"{max(part):.0f}" for part in parts if part)
            )
            return
        hand_in(root / "stock", chosen.lesson, notebooks)
        both = {"nbgrader autograde": stock(root / "stock", chosen.lesson)}
        both[f"course grade, {chosen.workers} workers, sandbox"], memory = ours(
            root / "ours", chosen.lesson, chosen.workers
        )
        print(f"{chosen.count} submissions of {chosen.lesson}")
        print("| command | s | submissions per minute | × |\n|---|---|---|---|")
        slowest = next(iter(both.values()))
        for name, seconds in both.items():
            print(f"| {name} | {seconds:.1f} | {60 * chosen.count / seconds:.1f} | {slowest / seconds:.1f} |")
        first, second = scores(root / "stock", chosen.lesson), scores(root / "ours", chosen.lesson)
        different = {
            student: (first.get(student), score) for student, score in second.items() if first.get(student) != score
        }
        print(f"scores from {min(second.values()):g} to {max(second.values()):g}; different: {different or 'none'}")
        print(f"largest memory of course grade: {max(memory):.0f} MB")


if __name__ == "__main__":
    main()
