"""The judge's side: goes through a notebook, has the student's cells run elsewhere, and runs the tests itself.

A test cell is run here as the instructor wrote it. The names of the student's functions stand for a
``StudentFunction``: calling one sends the arguments to the student's process, and what comes back is plain data
(``values``). So what decides a grade (comparison, expected values, messages) is never in reach of the student's code.
"""

from __future__ import annotations

import ast
import base64
import builtins
import functools
import io
import os
import signal
import socket
import time
import types
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import nbformat

from course_lib import checks
from course_lib.errors import CourseError
from course_lib.grading.link import Link
from course_lib.grading.mend import AGAIN, mend, quick_to_show, time_limit
from course_lib.grading.shell import Shown, as_notebook_outputs, clean, run
from course_lib.grading.student import random_states, set_random_states
from course_lib.grading.values import NotData, Opaque, containers, decode, encode, write_back

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from nbformat import NotebookNode

RESTARTS = 3
"""How often a student's process that ended or hangs is started again, without the cell that did it."""
MOST_OUTPUT = 5_000_000
"""Characters of all that a notebook's own cells show; later output is dropped."""
GRACE_SECONDS = 2.0
"""How long an interrupted process may take to come back."""


class StudentStopped(BaseException):
    """The student's process gave no answer. Not an Exception, so that no check takes it for an expected error."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class Host(Protocol):
    """Starts, interrupts and replaces the student's process."""

    def start_student(self) -> Link: ...
    def interrupt_student(self) -> None: ...


class StudentFunction:
    """A name that the student has defined, as the tests see it."""

    def __init__(self, judge: Judge, name: str) -> None:
        self._judge, self.__name__ = judge, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._judge.call(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class Judge:
    """Grades one notebook. ``cell_seconds`` is the wall time for each cell, ``notebook_seconds`` for all of them."""

    def __init__(self, host: Host, shell: InteractiveShell, cell_seconds: float, notebook_seconds: float) -> None:
        self.host, self.shell = host, shell
        self.cell_seconds, self.ends = cell_seconds, time.monotonic() + notebook_seconds
        self.deadline = self.ends
        self.link = host.start_student()
        self.starts = 1
        checks.student_process = self.call
        self.done: list[str] = []  # the cells that a new process must run again
        self.callbacks: list[Callable] = []
        self.errors: list[Exception] = []
        self.flags: list[dict[str, str]] = []
        self.output_left = MOST_OUTPUT
        self.tampered = ""  # why no test from here on is paid
        self.testing = ""

    # What the student's process is asked

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a message and give the judge's functions to whoever calls them until the reply comes.

        Raises StudentStopped if none comes in time, or something that is none.
        """
        if time.monotonic() > self.ends:
            raise StudentStopped("The notebook as a whole took too long; what came after this point was not run.")
        try:
            deadline = min(self.deadline, self.ends)
            self.link.send(message, deadline)
            while True:
                reply = self.link.receive(deadline)
                if "callback" not in reply:
                    return reply
                self.link.send(self.call_back(reply), deadline)
        except TimeoutError:
            self.interrupt()
            raise StudentStopped(
                "It took too long and was stopped. Look for a loop that does not end, or for work that grows with "
                "every call."
            ) from None
        except (EOFError, OSError):
            self.restart()
            raise StudentStopped(
                "Python itself stopped here: too much memory, a recursion without an end, or a cell that ended it."
            ) from None
        except NotData as error:
            self.restart()
            self.flag(self.testing, f"the student's process sent something that is no data: {error}")
            raise StudentStopped("What came back is not data, so nothing can be graded here.") from None

    def interrupt(self) -> None:
        """Stop what runs in the student's process, or the process if it does not react."""
        self.host.interrupt_student()
        ends = time.monotonic() + GRACE_SECONDS
        try:
            while "callback" in self.link.receive(ends):
                self.link.send({"payload": self.dump(KeyboardInterrupt()), "raises": True, "arguments": None}, ends)
        except (TimeoutError, EOFError, OSError, NotData):
            self.restart()

    def restart(self) -> None:
        """Start a new student's process and bring it to where the last one was."""
        alarm, _ = signal.setitimer(signal.ITIMER_REAL, 0)  # a test's time does not run meanwhile
        self._start_again()
        if alarm:
            signal.setitimer(signal.ITIMER_REAL, max(1.0, alarm))

    def _start_again(self) -> None:
        while True:
            if self.starts > RESTARTS or time.monotonic() > self.ends:
                self.link = _Nobody()
                return
            self.starts += 1
            self.link = self.host.start_student()
            try:
                for code in self.done:
                    deadline = min(time.monotonic() + self.cell_seconds, self.ends)
                    self.link.send({"ask": "run", "code": code, "names": []}, deadline)
                    self.link.receive(deadline)
                return
            except (TimeoutError, EOFError, OSError, NotData):
                continue

    def student_runs(self, code: str, names: list[str]) -> dict[str, Any]:
        """Have a cell run in the student's process. Returns its reply; an error as outputs if there is none."""
        self.deadline = time.monotonic() + self.cell_seconds
        try:
            reply = self.ask({"ask": "run", "code": code, "names": names})
            outputs, kinds = list(reply["outputs"]), {str(k): str(v) for k, v in dict(reply["names"]).items()}
            tampering, error = [str(name)[:100] for name in reply["tampering"][:5]], str(reply["error"])
        except StudentStopped as stopped:
            return {"outputs": _stopped(stopped).outputs, "names": {}, "error": str(stopped)}
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            self.flag("", f"the student's process sent a reply that is none ({problem})")
            return {"outputs": [], "names": {}, "error": "NotData"}
        self.done.append(code)
        if tampering and not self.tampered:
            self.tampered = f"the notebook has replaced {', '.join(tampering)}"
            self.flag("", self.tampered)
        return {"outputs": [o for o in outputs if isinstance(o, dict)], "names": kinds, "error": error}

    def call(self, function: StudentFunction | Callable, args: tuple, kwargs: dict) -> Any:
        """Call a function in the student's process; what it changes in the arguments is changed here, too.

        A helper of the tests' own gets copies: student code that runs inside it could change any of its arguments.
        """
        states, known = random_states(), list(containers((args, kwargs)))
        helper = not isinstance(function, StudentFunction)
        payload = self.dump((function, args, kwargs), by_value=helper)
        reply = self.ask({"ask": "call", "payload": payload, "random": states})
        try:
            if reply.get("arguments") is not None and not helper:
                changed = decode(reply["arguments"])
                write_back((args, kwargs), (changed[0], changed[1]))
            set_random_states({str(k): str(v) for k, v in dict(reply.get("random") or {}).items()})
            if "returned" in reply:
                value = decode(reply["returned"], known)
                for part in _opaque(value):
                    if part.equals_all:
                        self.flag(self.testing, f"{_name(function)} returned an object that equals everything")
                return value
            error = self.rebuild(reply)
        except (NotData, KeyError, TypeError, ValueError, AttributeError) as problem:
            self.flag(self.testing, f"the student's process sent something that is no data: {problem}")
            raise StudentStopped("What came back is not data, so nothing can be graded here.") from None
        raise error

    def call_back(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one of the tests' own functions for the student's code."""
        try:
            args, kwargs = decode(request["arguments"])
            function = self.callbacks[int(request["callback"])]
        except (NotData, LookupError, TypeError, ValueError) as problem:
            raise NotData(f"a call of no function ({problem})") from None
        try:
            outcome, raises = function(*args, **kwargs), False
        except Exception as error:
            self.errors.append(error)
            outcome, raises = error, True
        after = encode((args, kwargs))  # what the function did to its arguments, the student's objects must see, too
        changed = after if after != request["arguments"] else None
        return {"payload": self.dump(outcome), "raises": raises, "arguments": changed}

    def dump(self, value: Any, by_value: bool = False) -> str:
        """Pickle what the student's process needs. Functions of the tests stay here and are called back, unless
        ``by_value``: a helper goes with all the functions that it needs."""
        import cloudpickle

        judge = self

        class Dumper(cloudpickle.Pickler):
            def persistent_id(self, part: Any) -> tuple | None:
                if isinstance(part, StudentFunction):
                    return ("student", part.__name__)
                if not by_value and type(part).__name__ in ("function", "method") and _is_local(part):
                    judge.callbacks.append(part)
                    return ("callback", len(judge.callbacks) - 1, getattr(part, "__name__", "function"))
                return None

        buffer = io.BytesIO()
        Dumper(buffer).dump(value)
        return base64.b64encode(buffer.getvalue()).decode()

    def rebuild(self, reply: dict[str, Any]) -> Exception:
        """The exception that the student's function raised, of the nearest kind that Python itself knows."""
        if reply.get("by_judge") and self.errors:
            return self.errors[-1]
        kinds = [getattr(builtins, str(name), None) for name in reply["bases"]]
        base = next((k for k in kinds if isinstance(k, type) and issubclass(k, Exception)), Exception)
        text, line = clean(reply["text"], 2000), clean(reply["line"], 300)
        name = clean(reply["raised"], 80)
        kind = type(name, (base,), {"__str__": lambda _: text, "student_line": line})
        return kind.__new__(kind)

    def flag(self, cell: str, reason: str) -> None:
        """Note for a person what looks like an attempt to fool the grader."""
        flag = {"cell": cell, "reason": clean(reason, 300)}
        if flag not in self.flags:
            self.flags.append(flag)

    # The notebook

    def grade(self, notebook: NotebookNode, source: NotebookNode) -> None:
        """Run every cell of a mended notebook, in order, and write what it showed into it."""
        expected = {cell.metadata.nbgrader.grade_id: defined_names(cell.source) for cell in _solutions(source)}
        for cell in notebook.cells:
            if cell.cell_type != "code" or "demo" in cell.metadata.get("tags", []):
                continue
            graded = cell.metadata.get("nbgrader", {})
            grade_id = graded.get("grade_id", "")
            if graded.get("grade"):
                self.run_test(cell, grade_id)
            else:
                if graded.get("locked"):
                    self.deadline = time.monotonic() + self.cell_seconds
                    run(self.shell, cell.source)
                names = expected.get(grade_id, []) if graded.get("solution") else []
                reply = self.student_runs(cell.source, names)
                self.bind(names, reply)
                cell.outputs = as_notebook_outputs(reply["outputs"], self.output_left)
                self.output_left -= sum(len(str(output)) for output in cell.outputs)

    def bind(self, names: list[str], reply: dict[str, Any]) -> None:
        """Let the tests know the student's names."""
        for name in names:
            kind = reply["names"].get(name)
            if kind == "data":
                self.deadline = time.monotonic() + self.cell_seconds
                with suppress(StudentStopped, Exception):  # a value that does not come is a name that is not there
                    self.shell.user_ns[name] = decode(self.ask({"ask": "value", "name": name})["value"])
            elif kind == "function" or reply["error"]:
                self.shell.user_ns[name] = StudentFunction(self, name)
            else:
                self.shell.user_ns.pop(name, None)

    def run_test(self, cell: NotebookNode, grade_id: str) -> None:
        """Run a test cell here; ``definitions`` of its visible part go to the student, who may use them as well."""
        self.testing = grade_id
        self.errors.clear()
        self.deadline = time.monotonic() + self.cell_seconds
        before = len(self.flags)
        late = StudentStopped("The test took too long and was stopped.")  # where the test itself is what takes long
        try:
            with time_limit(self.cell_seconds + 3 * GRACE_SECONDS, late):
                result, shown = run(self.shell, cell.source)
        except StudentStopped as stopped:
            result, shown = None, _stopped(stopped)
        self.testing = ""
        if result is None or result.success is False:
            failed = [o for o in as_notebook_outputs(shown.outputs) if o["output_type"] == "error"]
            name, text = (failed[-1]["ename"], failed[-1]["evalue"]) if failed else ("TestStopped", "It did not end.")
            outputs = _error(name, text)  # without the traceback, which would show the test's code
        else:
            outputs = [o for o in as_notebook_outputs(shown.outputs) if o.get("name") != "stderr"]
        if self.tampered or len(self.flags) > before:
            reason = self.tampered or self.flags[-1]["reason"]
            outputs = _error("Flagged", f"No points: {reason}. A person will look at this.")
            self.flag(grade_id, reason)
        cell.outputs = outputs
        if definitions := visible_definitions(cell.source):
            self.student_runs(definitions, [])


class Broker:
    """The judge's ``Host``: asks the grader, over a socket that can hand over sockets."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def start_student(self) -> Link:
        self.sock.send(b"student")
        data, descriptors, _, _ = socket.recv_fds(self.sock, 100, 1)
        if not data or not descriptors:
            os._exit(1)  # the grader is gone
        return Link(socket.socket(fileno=descriptors[0]))

    def interrupt_student(self) -> None:
        self.sock.send(b"interrupt")
        self.sock.recv(100)


def serve(link: Link, broker: socket.socket, shell: InteractiveShell) -> None:
    """Grade the submission that the grader sends, and send back the notebook with its outputs.

    The reply says ``problem``, a sentence, if the submission is no notebook that can be graded.
    """
    task = link.receive()
    source = nbformat.from_dict(task["source"])
    try:
        mended = mend(base64.b64decode(task["submission"]), source, nbformat.from_dict(task["release"]))
    except CourseError as error:
        link.send({"problem": str(error)})
        return
    except Exception:
        link.send({"problem": f"The notebook is damaged in a way that cannot be mended. {AGAIN}"})
        return
    judge = Judge(Broker(broker), shell, task["cell_seconds"], task["notebook_seconds"])
    try:
        judge.grade(mended.notebook, source)
    except Exception as error:  # a fault of the grader's, not of the submission: it is tried again
        link.send({"broken": f"{type(error).__name__}: {error}"[:500]})
        return
    for cell in mended.notebook.cells:
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("locked"):
            cell.source = quick_to_show(cell.source)
    link.send({"problem": "", "notebook": mended.notebook, "notes": mended.notes, "flags": judge.flags})


class _Nobody(Link):
    """Where a student's process was that is not started any more."""

    def __init__(self) -> None:
        pass

    def send(self, message: dict[str, Any], deadline: float | None = None) -> None:
        raise EOFError

    def receive(self, deadline: float | None = None) -> dict[str, Any]:
        raise EOFError


def _stopped(words: StudentStopped) -> Shown:
    shown = Shown()
    shown.error("StudentStopped", str(words), [str(words)])
    return shown


def _error(name: str, text: str) -> list[dict[str, Any]]:
    return [{"output_type": "error", "ename": name, "evalue": text, "traceback": [text]}]


def _name(function: Any) -> str:
    return getattr(function, "__name__", str(function))


def _is_local(function: Any) -> bool:
    """Whether a function was written in a test: it is no method, and cannot be found by import."""
    name = getattr(function, "__qualname__", "").rsplit("<locals>.", 1)[-1]
    if isinstance(function, types.MethodType) or "." in name:
        return isinstance(function, types.MethodType) and not isinstance(function.__self__, type)
    return getattr(function, "__module__", None) in (None, "__main__") or "<" in function.__qualname__


def _opaque(value: Any, depth: int = 0) -> list[Opaque]:
    if isinstance(value, Opaque):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple | set) else ()
    return [found for part in parts for found in _opaque(part, depth + 1)] if depth < 100 else []


def _solutions(source: NotebookNode) -> list[NotebookNode]:
    return [
        cell for cell in source.cells if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    ]


@functools.cache
def defined_names(code: str) -> list[str]:
    """The functions, classes and variables that a cell of the instructor's defines at its top."""
    names: list[str] = []
    for statement in ast.parse(code).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.append(statement.name)
        elif isinstance(statement, ast.Assign):
            names += [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return names


@functools.cache
def visible_definitions(code: str) -> str:
    """Imports, functions and classes in the part of a test cell that students can see: they may use them."""
    visible = code.split("### BEGIN HIDDEN TESTS")[0]
    wanted = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    return "\n\n".join(ast.unparse(part) for part in ast.parse(visible).body if isinstance(part, wanted))
