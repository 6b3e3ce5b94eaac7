"""Checks that answer like a teacher: what was called, what came, what was expected, and where to look.

The lessons' test cells call these. Every function returns None, because nbgrader takes the last value of a test
cell for a partial score (https://nbgrader.readthedocs.io/en/stable/user_guide/autograding_resources.html), and
keeps what student code prints on stderr out of the cell, because nbgrader fails a test cell for it.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import io
import linecache
import math
import numbers
import reprlib
import traceback
from collections.abc import Callable, Mapping
from typing import Any

_SHORT = reprlib.Repr()  # values in messages, cut to what a reader takes in
_SHORT.maxstring = _SHORT.maxother = 160
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 12


class CheckFailed(AssertionError):
    """A failed check. Shown in a notebook as its message alone, without the check's code."""

    def _render_traceback_(self) -> list[str]:  # IPython's hook for exceptions that draw themselves
        return str(self).splitlines()


def _fail(called: str, got: str, expected: str, look_at: str) -> None:
    lines = ["✗ " + called, "  gave      " + got, "  expected  " + expected]
    if look_at:
        lines.append("  look at   " + look_at)
    raise CheckFailed("\n".join(lines)) from None


def _call_text(function: Callable, args: tuple, kwargs: Mapping[str, Any]) -> str:
    parts = [_SHORT.repr(value) for value in args] + [f"{key}={_SHORT.repr(value)}" for key, value in kwargs.items()]
    return f"{getattr(function, '__name__', function)}({', '.join(parts)})"


def own_line(error: BaseException) -> str:
    """The last line of the reader's own code that an exception passed through, or an empty text."""
    if hasattr(error, "student_line"):  # it happened in the process of the student's code, which told the line
        return error.student_line
    own = [f for f in traceback.extract_tb(error.__traceback__) if "ipykernel" in f.filename or "ipython" in f.filename]
    return linecache.getline(own[-1].filename, own[-1].lineno or 0).strip() if own else ""


def _raised(error: BaseException) -> str:
    """An exception in one line, with the line of the reader's own code that raised it."""
    text = f"the error {type(error).__name__}: {error}" if str(error) else f"the error {type(error).__name__}"
    line = own_line(error)
    return f"{text}, at your line `{line}`" if line else text


def _run(function: Callable, args: tuple, kwargs: Mapping[str, Any]) -> tuple[Any, BaseException | None]:
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            return function(*args, **kwargs), None
        except NotImplementedError:
            name = getattr(function, "__name__", "the function")
            raise CheckFailed(
                f"✗ {name} is not written yet: replace the line `raise NotImplementedError()` with your code."
            ) from None
        except Exception as error:
            return None, error


def same(got: Any, expected: Any, tolerance: float = 1e-9) -> bool:
    """Equal in value and in kind: 1 is not True, a list is not a tuple, but 2.0, 2 and a NumPy 2.0 are one number."""
    if isinstance(expected, bool) or type(got).__name__ in ("bool", "bool_"):
        return type(got).__name__ in ("bool", "bool_") and isinstance(expected, bool) and bool(got) == expected
    if isinstance(expected, numbers.Number):
        if not isinstance(got, numbers.Number):
            return False
        return (math.isnan(got) and math.isnan(expected)) or math.isclose(
            got, expected, rel_tol=tolerance, abs_tol=tolerance
        )
    if isinstance(expected, list | tuple):
        return (
            type(got) is type(expected)
            and len(got) == len(expected)
            and all(same(a, b, tolerance) for a, b in zip(got, expected, strict=True))
        )
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(same(got[key], value, tolerance) for key, value in expected.items())
        )
    return type(got) is type(expected) and got == expected


def check_call(
    function: Callable, *args: Any, expected: Any, look_at: str = "", tolerance: float = 1e-9, **kwargs: Any
) -> None:
    """Call ``function`` and compare its result with ``expected``; it must also leave its arguments as they were."""
    called, before = _call_text(function, args, kwargs), copy.deepcopy((args, kwargs))
    got, error = _run(function, args, kwargs)
    if error is not None:
        _fail(called, _raised(error), _SHORT.repr(expected), look_at)
    if not same(got, expected, tolerance):
        _fail(called, _different(got, expected), _SHORT.repr(expected), look_at)
    if not same((list(args), kwargs), (list(before[0]), before[1])):
        _fail(called, "the right result, but changed its own input", "the input left as it was", "Work on a copy.")


def _different(got: Any, expected: Any) -> str:
    """What came, cut so that the place where two long strings part is in view."""
    text = _SHORT.repr(got)
    if isinstance(got, str) and isinstance(expected, str):
        at = next(
            (i for i, (a, b) in enumerate(zip(got, expected, strict=False)) if a != b), min(len(got), len(expected))
        )
        parting = f"they part at character {at}: {got[at : at + 30]!r} instead of {expected[at : at + 30]!r}"
        return f"{text}\n            ({parting})"
    if type(got) is not type(expected):
        return f"{text} (a {type(got).__name__}, not a {type(expected).__name__})"
    return text


def check_raises(
    function: Callable,
    *args: Any,
    error: type[Exception] = ValueError,
    says: str = "",
    look_at: str = "",
    **kwargs: Any,
) -> None:
    """Call ``function`` with bad input: it must raise ``error`` with a message that contains ``says``."""
    called = _call_text(function, args, kwargs)
    expected = f"a {error.__name__}" + (f" whose message says {says!r}" if says else " with a message")
    got, raised = _run(function, args, kwargs)
    if raised is None:
        _fail(called, _SHORT.repr(got), expected, look_at)
    if not isinstance(raised, error) or says.lower() not in str(raised).lower() or not str(raised):
        _fail(called, _raised(raised), expected, look_at)


def check_that(condition: bool, *, called: str, gave: object, expected: str, look_at: str = "") -> None:
    """Check a property that is not one expected value; ``called``, ``gave`` and ``expected`` are words for people."""
    if not condition:
        words = gave if isinstance(gave, str) else _SHORT.repr(gave)
        _fail(called, words if len(words) <= 300 else f"{words[:150]} … {words[-100:]}", expected, look_at)


def call(function: Callable, *args: Any, look_at: str = "", **kwargs: Any) -> Any:
    """Call student code inside a test and return its value; if it raises, fail with a message."""
    got, error = _run(function, args, kwargs)
    if error is not None:
        _fail(_call_text(function, args, kwargs), _raised(error), "a result", look_at)
    return got


student_process: Callable[[Callable, tuple, dict], Any] | None = None
"""Set where a class is graded: runs a function in the process of the student's code."""


def in_student_process(function: Callable) -> Callable:
    """Mark a test's helper that must run where the student's code is: it uses a student's class or hands it a model.

    In a notebook this changes nothing. When a class is graded, the student's code runs in a process of its own
    (course_lib/grading/SECURITY.md); the marked function is sent there, and must return plain data, arrays or tensors,
    which the test then compares with what it has computed itself.
    """

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        return student_process(function, args, kwargs) if student_process else function(*args, **kwargs)

    return run


def passed(name: str) -> None:
    """Say that the checks above went well."""
    print(f"✓ {name}: every check in this cell passed.")
