"""A failing check says what was called, what came, what was expected and where to look."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest

from course_lib.checks import CheckFailed, call, check_call, check_raises, check_that, same


def double(x):
    return 2 * x


def message(function, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as failed:
        function(*args, **kwargs)
    return str(failed.value)


def test_message_reads_like_a_teacher():
    text = message(check_call, double, 3, expected=7, look_at="Twice, and one more.")
    assert text.splitlines() == ["✗ double(3)", "  gave      6", "  expected  7", "  look at   Twice, and one more."]


def test_success_is_silent_and_returns_nothing(capsys):
    """nbgrader would take a returned value for a partial score."""
    assert check_call(double, 3, expected=6) is None
    assert check_that(True, called="", gave="", expected="") is None
    assert check_raises(int, "x") is None
    assert capsys.readouterr() == ("", "")


def test_an_error_in_student_code_is_told_with_its_cause():
    text = message(check_call, double, None, expected=6)
    assert "the error TypeError: unsupported operand" in text
    assert "Traceback" not in text


def test_a_stub_is_told_from_a_mistake():
    def stub(x):
        raise NotImplementedError

    for checking in (lambda: check_call(stub, 1, expected=2), lambda: call(stub, 1), lambda: check_raises(stub, 1)):
        text = message(checking)
        assert text.startswith("✗ stub is not written yet")
        assert "expected" not in text  # an unwritten answer learns nothing of the hidden tests


@pytest.mark.filterwarnings("ignore:careful")
def test_student_output_on_stderr_costs_nothing(capsys):
    def noisy(x):
        print("debug", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return x

    check_call(noisy, 1, expected=1)
    assert capsys.readouterr().err == ""


def test_changed_input_is_noticed():
    def pops(rows):
        return rows.pop()

    assert "changed its own input" in message(check_call, pops, [1, 2], expected=2)


def test_long_strings_show_where_they_part():
    text = message(check_call, double, "x" * 300, expected="x" * 500 + "y")
    assert "they part at character 500" in text
    assert len(text) < 900


@pytest.mark.parametrize(
    ("got", "expected", "verdict"),
    [
        (1, True, False),
        (True, 1, False),
        (np.True_, True, True),
        (False, False, True),
        (None, False, False),
        (2, 2.0, True),
        (np.float64(2.0), 2, True),
        (2 + 1e-12, 2, True),
        (2.01, 2, False),
        ("2", 2, False),
        (float("nan"), float("nan"), True),
        ((1, 2), [1, 2], False),
        ([1, [2.0]], [1, [2]], True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        (None, None, True),
        ("a", "a", True),
    ],
)
def test_same_in_value_and_kind(got, expected, verdict):
    assert same(got, expected) is verdict


def test_an_object_that_equals_everything_is_not_the_answer():
    class Chameleon:
        def __eq__(self, other):
            return True

        __hash__ = None

    for expected in (3, "dress", ("dress", "return"), [True], {"a": 1}, None):
        assert not same(Chameleon(), expected)


def test_check_raises():
    assert "gave      5" in message(check_raises, int, "5", look_at="bad input")
    assert "a ValueError whose message says 'length'" in message(check_raises, int, "x", says="length")
    assert "the error TypeError" in message(check_raises, int, None, error=ValueError)
    check_raises(int, "x", says="INVALID literal")


def test_shown_in_a_notebook_without_the_checks_code():
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    with capture_output() as captured:
        shell.run_cell("from course_lib.checks import check_call\ndef f(x): return x\ncheck_call(f, 1, expected=2)")
    InteractiveShell.clear_instance()
    assert "✗ f(1)" in captured.stdout
    assert "Traceback" not in captured.stdout
    assert "raise CheckFailed" not in captured.stdout
