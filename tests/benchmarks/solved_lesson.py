"""Run a solved lesson from its first cell to its last with the real model, and say how long it took.

Prints the scoreboard that the lesson fills and the seconds spent in all cells; --figure saves its plot (the one in
README), --notebook the executed notebook. Your own scoreboard is not touched.

    python tests/benchmarks/solved_lesson.py 02 --figure notebooks/scoreboard.png
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError

from course_lib import scoreboard
from course_lib.authoring import run_solved
from course_lib.lessons import find_lesson
from course_lib.models import default_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lesson")
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--notebook", type=Path)
    options = parser.parse_args()
    default_model()  # stops here, with the remedy, if it has not been fetched
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COURSE_SCOREBOARD"] = str(Path(folder) / "scoreboard.json")
        try:
            notebook, seconds = run_solved(find_lesson(options.lesson), scoreboard.scoreboard_path())
        except CellExecutionError as error:
            raise SystemExit(f"{options.lesson} stopped: {error}") from None
        if options.notebook:
            nbformat.write(notebook, options.notebook)
        for task in dict.fromkeys(result.task for result in scoreboard.results()):
            print(f"\n{task}\n{scoreboard.table(task).to_string(index=False)}")
            if options.figure:
                scoreboard.plot(task).savefig(options.figure, dpi=110)
    print(f"\n{seconds:.0f} s for the whole solved lesson")


if __name__ == "__main__":
    main()
