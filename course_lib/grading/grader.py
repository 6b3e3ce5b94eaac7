"""Grades submissions of one lesson, one after the other: two fork servers, and for each submission a fork of both.

One ``Grader`` lives in each worker process, on this machine or in a cluster. It holds nothing of a submission.
"""

from __future__ import annotations

import ast
import base64
import dataclasses
import hashlib
import json
import selectors
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.grading import sandbox
from course_lib.grading.fork_server import ForkServer, Limits
from course_lib.grading.link import Link
from course_lib.grading.values import NotData

WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Settings:
    """How submissions are graded: wall seconds for a cell and for a notebook, limits, and whether in the sandbox."""

    cell_seconds: float = 60.0
    notebook_seconds: float = 900.0
    limits: Limits = field(default_factory=Limits)
    sandbox: bool = True


@dataclass(frozen=True)
class Lesson:
    """All that grading a lesson needs, as plain data that can be sent to another machine."""

    name: str
    source: dict[str, Any]
    release: dict[str, Any]

    @classmethod
    def load(cls, name: str) -> Lesson:
        """The lesson as it stands in ``solutions/``. Raises CourseError for a source that cannot be built."""
        import nbformat

        from course_lib.authoring import make_release, read_source

        with tempfile.TemporaryDirectory() as scratch:
            release = nbformat.read(make_release(name, Path(scratch)) / f"{name}.ipynb", as_version=4)
        return cls(name, json.loads(json.dumps(read_source(name))), json.loads(json.dumps(release)))

    @property
    def digest(self) -> str:
        """Changes whenever a grade could change with the lesson."""
        return hashlib.sha256(json.dumps([self.source, self.release], sort_keys=True).encode()).hexdigest()[:16]

    def warm(self) -> Iterator[str]:
        """The lesson's imports and locked cells, and what they import only when it is used."""
        for cell in self.source["cells"]:
            if cell["cell_type"] != "code" or "demo" in cell["metadata"].get("tags", []):
                continue
            with suppress(SyntaxError):  # a cell with IPython's magic
                tree = ast.parse(cell["source"])
                yield from (ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom))
            graded = cell["metadata"].get("nbgrader", {})
            if graded.get("locked") and not graded.get("grade"):
                yield cell["source"]
        if "stand_ins" in json.dumps(self.source):
            yield "from course_lib.stand_ins import tiny_llama; tiny_llama()"


@dataclass(frozen=True)
class Outcome:
    """What came of a submission. ``problem`` says in a sentence why there is no graded notebook, if there is none."""

    problem: str = ""
    notebook: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()
    flags: tuple[tuple[str, str], ...] = ()  # (grade id or "", reason)
    seconds: float = 0.0


class Grader:
    """Grades submissions of ``lesson``; close it when done. Raises CourseError where the sandbox cannot be had."""

    def __init__(self, lesson: Lesson, settings: Settings) -> None:
        self.lesson, self.settings = lesson, settings
        self.command = sandbox.command() if settings.sandbox else []
        self.scratch = sandbox.scratch() if settings.sandbox else tempfile.gettempdir()
        self.warm = list(lesson.warm())
        self.judges = ForkServer(self.command, "judge", self.warm, False, settings.limits, self.scratch)
        self.students = self._student_server()

    def _student_server(self) -> ForkServer:
        import psutil

        isolate, limits = self.settings.sandbox, self.settings.limits
        if not isolate:  # the limit on processes would count all that the instructor runs
            limits = dataclasses.replace(limits, processes=0)
        server = ForkServer(self.command, "student", self.warm, isolate, limits, self.scratch)
        tree = psutil.Process(server.process.pid)
        self.base_memory = max(_own_memory(process.pid) for process in [tree, *tree.children(recursive=True)])
        return server

    def close(self) -> None:
        """End all processes."""
        self.judges.close()
        self.students.close()

    def grade(self, submission: bytes) -> Outcome:
        """Grade one submission, the bytes of its notebook file.

        Raises RuntimeError if the judge itself ended, which no submission should bring about.
        """
        began = time.monotonic()
        run = _Run(self)
        try:
            reply = run.finish(submission, began + self.settings.notebook_seconds + 60)
        finally:
            run.close()
        return Outcome(
            reply["problem"],
            reply.get("notebook"),
            tuple(reply.get("notes", ())),
            tuple((flag["cell"], flag["reason"]) for flag in reply.get("flags", ())),
            time.monotonic() - began,
        )

    def end_student(self, process: int) -> None:
        """Kill a student's process with everything it started. Without own namespaces the server goes, too."""
        if self.settings.sandbox and not self.students.isolates:
            self.students.close()
            self.students = self._student_server()
        else:
            self.students.end(process)


class _Run:
    """One submission: a judge's process, and one student's process after the other."""

    def __init__(self, grader: Grader) -> None:
        self.grader = grader
        self.result, result_there = socket.socketpair()
        self.broker, broker_there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.student: int | None = None
        with closing(result_there), closing(broker_there):
            self.judge = grader.judges.start(result_there, broker_there)

    def finish(self, submission: bytes, ends: float) -> dict[str, Any]:
        settings, lesson = self.grader.settings, self.grader.lesson
        link = Link(self.result)
        link.send(
            {
                "source": lesson.source,
                "release": lesson.release,
                "submission": base64.b64encode(submission).decode(),
                "cell_seconds": settings.cell_seconds,
                "notebook_seconds": settings.notebook_seconds,
            }
        )
        with selectors.DefaultSelector() as ready:
            ready.register(self.result, selectors.EVENT_READ)
            ready.register(self.broker, selectors.EVENT_READ)
            while True:
                if time.monotonic() > ends:
                    return {"problem": "Grading the notebook took too long as a whole. Look for cells that take long."}
                for key, _ in ready.select(WATCH_SECONDS):
                    if key.fileobj is self.result:
                        try:
                            reply = link.receive(ends)
                        except EOFError:
                            raise RuntimeError("the judge's process ended") from None
                        except NotData:
                            return {"problem": "The notebook shows or holds more than can be looked at."}
                        if "broken" in reply:
                            raise RuntimeError(reply["broken"])
                        return reply
                    if not self.serve_broker():
                        ready.unregister(self.broker)
                self.watch_memory()

    def serve_broker(self) -> bool:
        """Do what the judge wants done with the student's process."""
        wish = self.broker.recv(100)
        if wish == b"student":
            self.end_student()
            here, there = socket.socketpair()
            with closing(here), closing(there):
                self.student = self.grader.students.start(there)
                socket.send_fds(self.broker, [b"here"], [here.fileno()])
        elif wish == b"interrupt" and self.student is not None:
            self.grader.students.interrupt(self.student)
            self.broker.send(b"done")
        return bool(wish)

    def watch_memory(self) -> None:
        """End a student's process whose processes together use more than one may: the limits are for each."""
        if self.student is None:
            return
        import psutil

        used = 0
        with suppress(psutil.Error):
            server = psutil.Process(self.grader.students.process.pid)
            sizes = [_own_memory(process.pid) for process in server.children(recursive=True)]
            # A fork shares the server's pages until it writes to them.
            used = sum(max(0, size - self.grader.base_memory) for size in sizes)
        if used > 2 * self.grader.settings.limits.memory:
            self.end_student()

    def end_student(self) -> None:
        if self.student is not None:
            self.grader.end_student(self.student)
            self.student = None

    def close(self) -> None:
        self.end_student()
        self.grader.judges.end(self.judge)
        self.result.close()
        self.broker.close()


def _own_memory(pid: int) -> int:
    """Bytes of a process's memory that no file on disk holds, files in memory that it has open included; 0 if it is
    gone."""
    used = 0
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(("RssAnon:", "RssShmem:")):
                used += int(line.split()[1]) * 1024
        files = {}
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                if str(link.readlink()).startswith("/memfd:"):
                    about = link.stat()
                    files[about.st_ino] = about.st_blocks * 512
        used += sum(files.values())
    return used
