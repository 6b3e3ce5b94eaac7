"""The scoreboard loses nothing and draws what it holds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from course_lib import scoreboard
from course_lib.errors import CourseError
from course_lib.scoreboard import Estimate, Result, add_result, proportion, results


def result(approach="vague", task="sorting", value=0.25, n=64, **changes) -> Result:
    row = {
        "lesson": "02",
        "task": task,
        "approach": approach,
        "model": "tiny",
        "n": n,
        "metrics": {"exact": Estimate(value, 0.1, 0.5)},
        "tokens": 90.4,
        "seconds": 0.123,
    } | changes
    return Result(**row)


def test_results_come_back_and_a_rerun_replaces(scoreboard_file):
    assert results() == []
    first, second = result(), result("precise", value=0.5)
    add_result(first)
    add_result(second)
    assert results() == [first, second]
    again = result(value=0.3)
    add_result(again)
    assert results() == [second, again]
    assert results("another task") == []


def test_two_notebooks_at_once(scoreboard_file):
    script = (
        "import sys\nfrom course_lib.scoreboard import *\n"
        "for i in range(25):\n"
        "    add_result(Result('02', 't', f'{sys.argv[1]}-{i}', 'm', 4, {'exact': Estimate(0.5, 0.1, 0.9)}, 1.0, 1.0))\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, name]) for name in "ab"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert {row.approach for row in results()} == {f"{name}-{i}" for name in "ab" for i in range(25)}


def test_damaged_file(scoreboard_file):
    scoreboard_file.write_text('[{"lesson": "02"')
    with pytest.raises(CourseError, match=r"is damaged .* Move it away"):
        results()
    with pytest.raises(CourseError, match="is damaged"):
        add_result(result())
    assert scoreboard_file.read_text() == '[{"lesson": "02"'  # nothing is lost


@pytest.mark.parametrize("changes", [{"n": 0}, {"metrics": {}}, {"tokens": float("nan")}, {"seconds": -1.0}])
def test_nonsense_is_refused(changes):
    with pytest.raises(ValueError, match="finite numbers"):
        result(**changes)


def test_wilson_interval():
    """Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611."""
    share = proportion([True] * 81 + [False] * 182)
    assert (round(share.low, 4), round(share.high, 4)) == (0.2553, 0.3662)
    none = proportion([False] * 20)
    assert (none.value, none.low, round(none.high, 4)) == (0.0, 0.0, 0.1611)
    with pytest.raises(ValueError, match="at least one"):
        proportion([])


def test_table_plot_and_words(scoreboard_file):
    with pytest.raises(CourseError, match="no results for the task 'sorting'"):
        scoreboard.plot("sorting")
    add_result(result())
    add_result(result("precise", value=0.5, metrics={"exact": Estimate(0.5, 0.4, 0.6), "item": Estimate(1, 0.9, 1)}))
    add_result(result("elsewhere", task="another"))
    table = scoreboard.table("sorting")
    assert table["approach"].tolist() == ["vague", "precise"]
    assert table["exact"].tolist() == ["25% [10%, 50%]", "50% [40%, 60%]"]
    axes = scoreboard.plot("sorting").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["vague", "precise"]
    assert "95 % interval, n = 64" in axes.get_xlabel()
    drawn = {line.get_label(): list(line.lines[0].get_xdata()) for line in axes.containers}
    assert drawn == {"exact": [0.25, 0.5], "item": [1]}
    words = scoreboard.describe("sorting")
    assert "vague: exact 25% [10%, 50%]" in words
    assert "elsewhere" not in words


def test_figure_has_alternative_text(scoreboard_file, monkeypatch):
    import IPython.display

    shown = []
    monkeypatch.setattr(IPython.display, "display", shown.append)
    add_result(result())
    scoreboard.show(scoreboard.plot("sorting"), alt="what it shows")
    data, metadata = shown[0]._repr_mimebundle_()
    assert data["image/png"]
    assert metadata["image/png"]["alt"] == "what it shows"


def test_paired_difference_is_paired_and_repeatable():
    hits_a = [True] * 200 + [False] * 200
    hits_b = [True] * 180 + [False] * 20 + [True] * 40 + [False] * 160  # 60 rows differ
    found = scoreboard.paired_difference(hits_a, hits_b)
    standard_error = ((60 - 20**2 / 400) / 400**2) ** 0.5
    assert found.value == pytest.approx(0.05)
    assert found.high - found.low == pytest.approx(2 * 1.96 * standard_error, rel=0.08)
    assert found == scoreboard.paired_difference(hits_a, hits_b)
    assert "+5%" in str(found)
    assert "n = 400: the interval leaves out 0" in str(found)
    opposite = scoreboard.paired_difference(hits_b, hits_a)
    assert (opposite.value, opposite.low) == pytest.approx((-0.05, -found.high))
    assert "these rows show no difference" in str(scoreboard.paired_difference(hits_a, hits_a))
    assert "could be luck" in str(scoreboard.paired_difference([True, False], [False, True]))


@pytest.mark.parametrize(("a", "b"), [([], []), ([True], [True, False])])
def test_what_cannot_be_paired_is_refused(a, b):
    with pytest.raises(ValueError, match="same length"):
        scoreboard.paired_difference(a, b)
