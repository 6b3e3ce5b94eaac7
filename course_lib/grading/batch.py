"""Grade a class: find submissions, grade them in parallel, and note each in the gradebook, so that nothing is lost.

Worker processes only compute. This process alone writes, one submission after the other: gradebook first, then the
record that says it is done (``records``). So a run may be killed at any moment, and the next one does what is missing.
"""

from __future__ import annotations

import concurrent.futures
import ctypes
import dataclasses
import hashlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.grading import collect, records
from course_lib.grading.collect import Found, Student
from course_lib.grading.grader import Grader, Lesson, Outcome, Settings
from course_lib.grading.records import Flag, Record

if TYPE_CHECKING:
    from course_lib.grading.gradebook import Book

ATTEMPTS = 3
"""How often a submission is tried whose grading ended the grader itself."""
PR_SET_PDEATHSIG = 1
VERSION = "1"
"""Change it when the same submission could get other points from this code than before."""


@dataclass(frozen=True)
class Summary:
    """What came of a run: the records of all submissions, the students without one, and how many were graded now."""

    records: tuple[Record, ...]
    missing: tuple[str, ...]
    now: int


def grade(
    lesson: Lesson,
    root: Path,
    pool: Pool,
    *,
    students: Collection[str] | None = None,
    roster: Mapping[str, Student] | None = None,
    unreadable: Iterable[Found] = (),
    resume: bool = True,
    database: str = "",
    on_done: Callable[[Record, int, int], None] = lambda record, done, total: None,
) -> Summary:
    """Grade what lies in ``root/submitted`` and is not graded yet or has changed since; all of it without ``resume``.

    ``unreadable`` are submissions of which there is only a problem, as a damaged file in a zip. ``on_done`` is told
    each record, and how many of how many are done. Raises CourseError if there is nothing to read, another run is at
    work in ``root``, or the gradebook cannot be opened.
    """
    from course_lib.grading.gradebook import Book

    with only_run(root):
        found = {each.student: each for each in collect.find(lesson.name, root / "submitted", students)}
        found = {each.student: each for each in unreadable if students is None or each.student in students} | found
        earlier = records.load(root, lesson.name)
        release = f"{lesson.digest}-{VERSION}"
        with closing(Book(root, database)) as book:
            book.prepare(lesson)
            book.add_students((roster or {}).values())
            waiting = []
            for student, each in found.items():
                record = earlier.get(student) if resume else None
                if record is None or record.release != release or record.digest != _digest(each):
                    waiting.append(each)
            known, now = dict(earlier), 0
            for now, (each, digest, outcome) in enumerate(pool.outcomes(waiting), start=1):
                same = each.student in earlier and earlier[each.student].digest == digest
                known[each.student] = note(book, root, lesson, each, digest, release, outcome, same)
                on_done(known[each.student], now, len(waiting))
            everybody = set(students) if students is not None else {*(roster or {}), *book.students(), *known}
            shown = tuple(known[student] for student in sorted(everybody & known.keys()))
            return Summary(shown, tuple(sorted(everybody - known.keys())), now)


@contextmanager
def only_run(root: Path) -> Iterator[None]:
    """Keep other runs out of ``root`` meanwhile; a run that was killed keeps nobody out."""
    import filelock

    (root / "grading").mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(root / "grading" / ".lock")
    try:
        with lock.acquire(timeout=0):
            yield
    except filelock.Timeout:
        raise CourseError(f"Another `course grade` is at work in {root}: wait for it, or stop it.") from None


def note(
    book: Book, root: Path, lesson: Lesson, found: Found, digest: str, release: str, outcome: Outcome, same: bool
) -> Record:
    """Write an outcome into the gradebook, then the record that says so. ``same``: what was handed in is what was
    graded last time."""
    files = dict(nbgrader_files(root / "submitted" / found.student / lesson.name))
    when, notes = handed_in_at(files)
    record = Record(
        student=found.student,
        lesson=lesson.name,
        status="failed",
        reason=outcome.problem,
        flags=tuple(Flag(*flag) for flag in outcome.flags),
        notes=(*found.notes, *outcome.notes, *notes),
        submitted=when,
        digest=digest,
        release=release,
    )
    if outcome.notebook is not None:
        tests = [flag.cell for flag in record.flags if flag.cell]
        try:
            book.record(lesson.name, found.student, outcome.notebook, tests, files, same)
            points, most, manual = book.scores(lesson.name, found.student)
            record = dataclasses.replace(record, status="graded", points=points, max_points=most, needs_manual=manual)
        except CourseError as error:
            record = dataclasses.replace(record, reason=str(error))
    record.save(root)
    return record


def nbgrader_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The two files that nbgrader puts beside a submission, if they are there and of a sensible size."""
    for name in ("timestamp.txt", "submission_secret.txt"):
        with suppress(CourseError, OSError):
            yield name, collect.read_bytes(folder / name, 200)


def handed_in_at(files: dict[str, bytes]) -> tuple[str, tuple[str, ...]]:
    """The time in timestamp.txt in ISO 8601, or empty; a file that holds none is taken out, with a note."""
    from nbgrader.utils import parse_utc

    text = files.get("timestamp.txt", b"").decode(errors="replace").strip()
    if not text:
        files.pop("timestamp.txt", None)
        return "", ()
    try:
        return parse_utc(text).isoformat() + "Z", ()
    except (ValueError, OverflowError, AttributeError, TypeError):
        del files["timestamp.txt"]
        return "", (f"timestamp.txt says {text[:40]!r}, which is no time; lateness was not looked at.",)


def _digest(found: Found) -> str:
    """Names what was handed in: the file's content, or the problem with it."""
    if found.path is None:
        return hashlib.sha256(found.problem.encode()).hexdigest()
    try:
        content = collect.read_bytes(found.path)
    except (CourseError, OSError) as error:
        content = str(error).encode()
    beside = [content for _, content in nbgrader_files(found.path.parent)]
    return hashlib.sha256(b"\0".join([content, *beside])).hexdigest()


class Pool:
    """Worker processes on this machine, each with a grader of its own. Close it when done."""

    def __init__(self, lesson: Lesson, settings: Settings, workers: int) -> None:
        self.lesson, self.settings, self.workers = lesson, settings, workers
        self.executor: Any = None
        self.start()

    def start(self) -> None:
        """Start the workers (again)."""
        self.executor = concurrent.futures.ProcessPoolExecutor(
            self.workers, multiprocessing.get_context("spawn"), _die_with_parent, (os.getpid(),)
        )

    def close(self) -> None:
        """End the workers at once; what they are grading is given up."""
        workers = list((getattr(self.executor, "_processes", None) or {}).values())  # shutdown() would wait for them
        self.executor.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.kill()

    def submit(self, submission: bytes) -> Any:
        """Have a submission graded; returns a future."""
        return self.executor.submit(grade_one, self.lesson, self.settings, submission)

    def wait(self, futures: Collection[Any]) -> Collection[Any]:
        """Those of the futures that are done, as soon as one is."""
        return concurrent.futures.wait(futures, return_when=concurrent.futures.FIRST_COMPLETED).done

    def outcomes(self, waiting: Sequence[Found]) -> Iterator[tuple[Found, str, Outcome]]:
        """Grade submissions; yields each with its digest as it is done. Holds few of them in memory at a time."""
        left = [(each, 1) for each in reversed(waiting)]
        running: dict[Any, tuple[Found, int, str]] = {}
        while left or running:
            while left and len(running) < 2 * self.workers:
                if left[-1][1] == ATTEMPTS and running:
                    break  # the last try is alone: another one's fault must not become this one's
                each, attempt = left.pop()
                digest = _digest(each)
                try:
                    if each.path is None:
                        raise CourseError(each.problem)
                    running[self.submit(collect.read_bytes(each.path))] = each, attempt, digest
                except CourseError as error:
                    yield each, digest, Outcome(str(error))
                except BrokenProcessPool:
                    left.append((each, attempt))
                    self.start()
                if attempt == ATTEMPTS:
                    break
            for future in list(self.wait(running)) if running else ():
                each, attempt, digest = running.pop(future)
                try:
                    yield each, digest, future.result()
                except CourseError:  # not this submission's: no sandbox, say
                    raise
                except Exception as error:
                    if attempt < ATTEMPTS:
                        left.append((each, attempt + 1))
                    else:
                        yield each, digest, Outcome(f"Grading it ended the grader itself {ATTEMPTS} times ({error}).")
                    if isinstance(error, BrokenProcessPool) and not running:
                        self.start()


class Cluster(Pool):
    """Workers of a Dask cluster (https://distributed.dask.org). A worker that is lost loses nothing: Dask gives what
    it was grading to another one, and only this process writes.

    Raises CourseError if ``dask.distributed`` is not installed or nobody answers at ``address``.
    """

    def __init__(self, lesson: Lesson, settings: Settings, address: str, answer_seconds: float = 20.0) -> None:
        try:
            import distributed
        except ImportError:
            raise CourseError("--cluster needs Dask: `pip install distributed`, here and on the workers.") from None
        try:
            self.client = distributed.Client(address, timeout=answer_seconds)
        except (OSError, ValueError) as error:
            raise CourseError(
                f"No Dask scheduler answers at {address} ({error}). Start one: `dask scheduler`."
            ) from None
        self.lesson, self.settings = lesson, settings
        self.workers = max(1, sum(self.client.nthreads().values()))
        self.shared = self.client.scatter([(lesson, settings)], broadcast=True)[0]

    def start(self) -> None:
        """A cluster's workers are started by whoever runs it."""

    def close(self) -> None:
        """Leave the cluster; it goes on."""
        self.client.close()

    def submit(self, submission: bytes) -> Any:
        """Have a submission graded; tried again elsewhere if its worker is lost."""
        return self.client.submit(_grade_shared, self.shared, submission, pure=False, retries=ATTEMPTS)

    def wait(self, futures: Collection[Any]) -> Collection[Any]:
        """Those of the futures that are done, as soon as one is."""
        import distributed

        return distributed.wait(list(futures), return_when="FIRST_COMPLETED").done


_graders: dict[tuple[str, str, Settings], Grader] = {}
_one_at_a_time = threading.Lock()  # a cluster's worker may have several threads


def grade_one(lesson: Lesson, settings: Settings, submission: bytes) -> Outcome:
    """Grade a submission in this process, whose grader stays for the next one.

    Raises RuntimeError if the judge itself ended.
    """
    with _one_at_a_time:
        key = (lesson.name, lesson.digest, settings)
        if key not in _graders:
            while _graders:
                _graders.popitem()[1].close()
            _graders[key] = Grader(lesson, settings)
        try:
            return _graders[key].grade(submission)
        except (RuntimeError, OSError, EOFError) as error:
            _graders.pop(key).close()  # whatever state it is in, the next submission gets a new one
            raise RuntimeError(f"{type(error).__name__}: {error}") from None


def _grade_shared(shared: tuple[Lesson, Settings], submission: bytes) -> Outcome:
    return grade_one(*shared, submission)


def _die_with_parent(parent: int) -> None:
    """A worker's first act: end when the run is killed. Ctrl+C is for the run to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
