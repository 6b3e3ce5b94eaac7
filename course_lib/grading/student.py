"""The student's side: runs the notebook's own cells, and the student's functions when the judge asks for them.

Everything here runs in one process with the student's code, which may have replaced any of it. So nothing here
decides a grade: the judge, in another process, sees values only.
"""

from __future__ import annotations

import base64
import builtins
import contextlib
import io
import pickle
import random
import sys
import threading
from typing import TYPE_CHECKING, Any

from course_lib.grading.link import LARGEST, Link
from course_lib.grading.shell import recorded, run
from course_lib.grading.values import NotData, containers, decode, encode, write_back

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class Callback:
    """A function of the judge's: called here, run there."""

    def __init__(self, student: Student, number: int, name: str) -> None:
        self._student, self._number, self.__name__ = student, number, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student.call_back(self._number, args, kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class _TooLarge:
    """Stands for a result that is too large to be sent."""

    def __init__(self, value: object) -> None:
        self.kind = type(value).__name__

    def __repr__(self) -> str:
        return f"<a {self.kind} that is too large to be looked at>"


class Student:
    """Answers the judge's messages until the connection ends."""

    def __init__(self, link: Link, shell: InteractiveShell) -> None:
        self.link, self.shell = link, shell
        self.tools = _tools(shell)
        self.raised_by_judge: BaseException | None = None
        self.lock = threading.RLock()

    def serve(self) -> None:
        """Answer messages until the judge hangs up."""
        while True:
            try:
                self.link.send(self.answer(self.link.receive()))
            except KeyboardInterrupt:  # an interrupt that came too late for what it was meant for
                continue
            except (EOFError, OSError):
                return

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """What to reply to one message."""
        if message["ask"] == "run":
            return self.run(message["code"], message["names"])
        if message["ask"] == "value":
            return {"value": encode(self.shell.user_ns.get(message["name"]))}
        return self.call(message)

    def run(self, code: str, names: list[str]) -> dict[str, Any]:
        """Run a cell; say what it showed and what the ``names`` are afterwards."""
        result, shown = run(self.shell, code)
        error = result.error_before_exec or result.error_in_exec
        space = self.shell.user_ns
        kinds = {
            name: "missing" if name not in space else "function" if callable(space[name]) else "data" for name in names
        }
        return {
            "outputs": shown.outputs,
            "error": type(error).__name__ if error is not None else "",
            "names": kinds,
            "tampering": _changed(self.tools, _tools(self.shell)),
        }

    def call(self, message: dict[str, Any]) -> dict[str, Any]:
        """Call a function with arguments from the judge; say what it returned or raised and what it changed."""
        try:
            target, args, kwargs = self.load(message["payload"])
        except NameError as error:
            return _raised(error, None)
        set_random_states(message["random"])
        known = {id(part): number for number, part in enumerate(containers((args, kwargs)))}
        before = encode((args, kwargs))
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                value = target(*args, **kwargs)
            told = {"returned": encode(value, known)}
            if len(told["returned"]) > LARGEST // 2:
                told = {"returned": encode(_TooLarge(value))}
        except BaseException as error:  # SystemExit and KeyboardInterrupt, too, are results of this call
            told = _raised(error, self.raised_by_judge)
        after = encode((args, kwargs))
        now = random_states()
        changed = {name: state for name, state in now.items() if message["random"].get(name) != state}
        return told | {"arguments": after if after != before else None, "random": changed}

    def load(self, payload: str) -> Any:
        """Unpickle what the judge sent: it comes from the judge alone."""
        student = self

        class Loader(pickle.Unpickler):
            def persistent_load(self, told: tuple) -> Any:
                if told[0] == "callback":
                    return Callback(student, told[1], told[2])
                if told[1] not in student.shell.user_ns:
                    raise NameError(f"name {told[1]!r} is not defined")
                return student.shell.user_ns[told[1]]

        return Loader(io.BytesIO(base64.b64decode(payload))).load()

    def call_back(self, number: int, args: tuple, kwargs: dict) -> Any:
        """Ask the judge to run one of its functions; meanwhile it may call the student's."""
        with self.lock:
            self.link.send({"callback": number, "arguments": encode((args, kwargs))})
            while True:
                message = self.link.receive()
                if "ask" not in message:
                    break
                self.link.send(self.answer(message))
            if message["arguments"] is not None:
                write_back((args, kwargs), decode(message["arguments"]))
            outcome = self.load(message["payload"])
            if message["raises"]:
                self.raised_by_judge = outcome
                raise outcome
            return outcome


def _raised(error: BaseException, by_judge: BaseException | None) -> dict[str, Any]:
    """An exception in words, with the line of the student's own code that raised it."""
    from course_lib.checks import own_line

    bases = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    try:
        text = str(error)
    except BaseException:
        text = ""
    return {
        "raised": type(error).__name__,
        "bases": bases,
        "text": text[:2000],
        "line": own_line(error)[:300],
        "by_judge": error is by_judge,
    }


def random_states() -> dict[str, str]:
    """The global random states that a function could disturb."""
    states = {"random": encode(random.getstate())}
    if "numpy" in sys.modules:
        import numpy as np

        states["numpy"] = encode(np.random.get_state())
    if "torch" in sys.modules:
        import torch

        states["torch"] = encode(torch.get_rng_state())
    return states


def set_random_states(states: dict[str, str]) -> None:
    """Set the global random states, as ``random_states`` told them. Raises NotData for what is none."""
    try:
        if "random" in states:
            random.setstate(decode(states["random"]))
        if "numpy" in states:
            import numpy as np

            state = decode(states["numpy"])
            if not 0 <= state[2] <= len(state[1]):  # NumPy itself does not look
                raise ValueError("a position outside the state")
            np.random.set_state(state)
        if "torch" in states:
            import torch

            torch.set_rng_state(decode(states["torch"]))
    except (ValueError, TypeError, LookupError, RuntimeError) as error:
        raise NotData(f"a random state that is none ({error})") from None


def _tools(shell: InteractiveShell) -> dict[str, Any]:
    """The tools of grading that an honest notebook leaves alone, by what to call them."""
    from course_lib import checks

    tools: dict[str, Any] = {f"builtins.{name}": value for name, value in vars(builtins).items() if name != "_"}
    for name, value in vars(checks).items():
        tools[f"course_lib.checks.{name}"] = value
        if hasattr(value, "__code__"):
            tools[f"the code of course_lib.checks.{name}"] = value.__code__
    for name in ("course_lib", "course_lib.checks", "numpy", "torch"):
        tools[f"the module {name}"] = sys.modules.get(name)
    for name in ("run_cell", "run_cell_async", "run_ast_nodes", "run_code", "compile"):
        tools[f"IPython's {name}"] = getattr(getattr(shell, name), "__func__", type(getattr(shell, name)))
    tools["IPython's AST transformers"] = len(shell.ast_transformers)
    tools["IPython's input transformers"] = len(shell.input_transformers_cleanup) + len(shell.input_transformers_post)
    return tools


def _changed(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Names of tools that are not what they were. A module that was imported meanwhile is no change."""
    return [
        name
        for name, tool in before.items()
        if tool is not None and now.get(name) is not tool and not (isinstance(tool, int) and now.get(name) == tool)
    ][:5]


def serve(link: Link, shell: InteractiveShell) -> None:
    """Be a student's process until the judge hangs up."""
    with recorded(shell):  # what comes between cells, from threads, goes nowhere
        Student(link, shell).serve()
