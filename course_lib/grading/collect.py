"""Find what each student handed in, in nbgrader's ``submitted/`` folders or in a zip from Moodle or Canvas.

Nothing here trusts a submission: no link is followed, no path from a zip is used, nothing is read beyond a limit.

How the two systems name the files in "download all submissions", from their own code:

- Moodle (https://github.com/moodle/moodle/blob/main/mod/assign/classes/downloader.php): a folder ``Full Name_NUMBER_
  assignsubmission_file/`` for each student (older versions end it in ``_``), or, without folders, that as the
  beginning of the file's name. An underscore in a name becomes a space, and characters such as the apostrophe go.
  The number is the participant's in this one assignment. Typed text is ``…_assignsubmission_onlinetext…``.
- Canvas (https://github.com/instructure/canvas-lms/blob/master/lib/content_zipper.rb): ``lastfirst_LATE_USER_FILE_
  name.ipynb``, where lastfirst is the sortable name in lower case without spaces and signs, ``LATE`` stands only for
  late work, and the numbers are those of the user and of the uploaded file (a later upload has the higher one). Typed
  text and links are ``lastfirst_USER_text.html`` and ``…_link.html``, anonymous work begins with ``anon_``. For a file
  name that the student has used before, Canvas puts -1, -2 … before the extension
  (https://github.com/instructure/canvas-lms/issues/2310).

Both write the time of the download, not of handing in, into the zip's entries: Moodle through ``addFileFromStream``
(https://github.com/moodle/moodle/blob/main/files/classes/local/archive_writer/zip_writer.php), Canvas through
``get_output_stream``, neither of which is told a time.
nbgrader's own ``zip_collect`` leaves the pattern of the names to a regular expression of the instructor's
(https://nbgrader.readthedocs.io/en/stable/user_guide/managing_assignment_files_manually.html).
"""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from course_lib.errors import CourseError
from course_lib.files import write_atomically

LIMIT = 50_000_000
"""Largest notebook that is taken, in bytes."""
MOST_ENTRIES = 20_000
MOST_RATIO = 500
"""How much larger than in the zip a file of more than 1 MB may be; deflate reaches 1032 on zeros."""

NOTEBOOK = re.compile(r"\.ipynb(-\d+)?(\.json|\.txt)?$", re.IGNORECASE)
COPY = re.compile(r"^(copy of|copy)[\W_]+|[\W_]*(\(\d+\)|copy[\W_]*\d*|-\d+)$")
MOODLE = re.compile(r"(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<rest>.*))?", re.DOTALL)
CANVAS = re.compile(
    r"(?!anon_)(?P<name>.+?)(?P<late>_LATE)?_(?P<number>\d+)_(?:(?P<file>\d+)_(?P<rest>.+)|(?P<typed>(?:text|link)\.html))",
    re.DOTALL,
)


@dataclass(frozen=True)
class Student:
    """One line of the class list; what the list does not say is ``""``."""

    student_id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    moodle_id: str = ""
    canvas_id: str = ""
    sis_user_id: str = ""
    sis_login_id: str = ""
    section: str = ""


@dataclass(frozen=True)
class Found:
    """A student's notebook in ``submitted/``, or the ``problem`` with it; ``notes`` say what was mended."""

    student: str
    path: Path | None
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unpacked:
    """What a zip held: for each student of the class list, and ``unmatched`` (printable, with the reason)."""

    found: tuple[Found, ...]
    unmatched: tuple[str, ...]


def read_roster(path: Path) -> dict[str, Student]:
    """The class list by student id: a CSV in UTF-8 with a header line, comma or semicolon between the cells.

    Raises CourseError for a file that cannot be read, without a student_id column, or with an id that is empty,
    there twice, or no folder's name.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CourseError(f"There is no class list {path}: write one, with a column student_id.") from None
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not in UTF-8: save it again as CSV UTF-8.") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({error.strerror}): give the class list as a CSV file.") from error
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    lines = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    known = {field.name for field in fields(Student)}
    roster: dict[str, Student] = {}
    seen: dict[str, int] = {}
    try:
        columns = [cell.strip().casefold() for cell in next(lines, [])]
        if columns.count("student_id") != 1:
            raise CourseError(f"{path} needs one column student_id: name the columns in its first line.")
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"{path}, line {lines.line_num},"
            if any(cells[len(columns) :]):
                raise CourseError(f"{where} has more cells than the first line: put quotes around a cell with a comma.")
            values = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column in known}
            student = Student(**{"student_id": ""} | values)
            if problem := _id_problem(student.student_id):
                raise CourseError(f"{where} has {problem}.")
            # Some systems take names for one folder that differ only in capitals or in how accents are stored.
            folder = unicodedata.normalize("NFC", student.student_id).casefold()
            if folder in seen:
                raise CourseError(
                    f"{where} has the student_id {student.student_id!r} of line {seen[folder]} again "
                    "(capitals do not count): give each student one of their own."
                )
            seen[folder] = lines.line_num
            roster[student.student_id] = student
    except csv.Error as error:
        raise CourseError(f"{path}, line {lines.line_num}, is not CSV ({error}): save it again as CSV.") from error
    return roster


def _id_problem(student_id: str) -> str:
    """Why an id cannot name a folder of nbgrader's (which also puts it into file patterns), or ``""``."""
    if not student_id:
        return "no student_id: fill it in"
    if (
        re.search(r'[/\\:*?"<>|\[\]]', student_id)
        or not student_id.isprintable()
        or student_id[0] == "."
        or student_id[-1] == "."
        or len(student_id.encode()) > 200
    ):
        return f"the student_id {_shown(student_id)!r}, which cannot name a folder: use letters, digits, -, _ and +"
    return ""


def find(lesson: str, submitted: Path, students: Collection[str] | None = None, *, limit: int = LIMIT) -> list[Found]:
    """What lies in ``submitted/STUDENT/LESSON/`` for each student (or only for ``students``) who has such a folder.

    ``LESSON.ipynb`` is taken, or else the notebook whose name is most like it. ``limit`` is in bytes.
    Raises CourseError if there is no folder ``submitted``.
    """
    try:
        with os.scandir(submitted) as entries:
            folders = sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
    except OSError as error:
        raise CourseError(f"The folder {submitted} cannot be read ({error.strerror}): collect first.") from error
    wanted = None if students is None else {unicodedata.normalize("NFC", s): s for s in students}
    found = []
    for entry in folders:
        name = unicodedata.normalize("NFC", entry.name)
        student = entry.name if wanted is None else wanted.get(name)
        if student is None or not (entry.is_symlink() or entry.is_dir(follow_symlinks=False)):
            continue
        folder = Path(entry.path) / lesson
        if entry.is_symlink():
            found.append(Found(student, None, _not_a_file(entry.name, stat.S_IFLNK)))
        elif os.path.lexists(folder):
            found.append(_find_one(lesson, student, folder, limit))
    return found


def _find_one(lesson: str, student: str, folder: Path, limit: int) -> Found:
    try:
        mode = folder.lstat().st_mode
        if stat.S_ISLNK(mode):
            return Found(student, None, _not_a_file(lesson, mode))
        with os.scandir(folder) as entries:
            there = [(e, e.stat(follow_symlinks=False)) for e in entries if _is_notebook(e.name)]
    except OSError as error:
        return Found(student, None, f"The folder {lesson} cannot be read ({error.strerror}): hand in again.")
    if not there:
        return Found(student, None, f"There is no notebook in the folder {lesson}: hand in {lesson}.ipynb.")
    entry, _ = max(there, key=lambda e: (*_rank(e[0].name, lesson, e[1].st_mode), e[1].st_mtime_ns, e[0].name))
    notes = _naming_notes(entry.name, lesson, [e.name for e, _ in there])
    try:
        with _opened(Path(entry.path), limit) as (_, size):
            if size == 0:
                raise CourseError(_empty(entry.name))
    except CourseError as error:
        return Found(student, None, str(error), notes)
    return Found(student, Path(entry.path), "", notes)


def read_bytes(path: Path, limit: int = LIMIT) -> bytes:
    """The content of a regular file of at most ``limit`` bytes.

    Raises CourseError for anything else, a link among them, and for a file that cannot be read.
    """
    with _opened(path, limit) as (descriptor, _), os.fdopen(descriptor, "rb", closefd=False) as file:
        data = file.read(limit + 1)  # it may have grown since it was measured
    if len(data) > limit:
        raise CourseError(_too_large(path.name, limit))
    return data


@contextmanager
def _opened(path: Path, limit: int) -> Iterator[tuple[int, int]]:
    """Descriptor and size of a regular file, opened so that neither a link nor a pipe can lead or hold us."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        mode = path.lstat().st_mode  # first, for systems without O_NOFOLLOW, and for a message that says what it is
        if not stat.S_ISREG(mode):
            raise CourseError(_not_a_file(path.name, mode))
        descriptor = os.open(path, flags)
    except OSError as error:
        raise CourseError(f"{_shown(path.name)} cannot be read ({error.strerror}): hand it in again.") from error
    try:
        now = os.fstat(descriptor)
        if not stat.S_ISREG(now.st_mode):
            raise CourseError(_not_a_file(path.name, now.st_mode))
        if now.st_size > limit:
            raise CourseError(_too_large(path.name, limit))
        yield descriptor, now.st_size
    except OSError as error:
        raise CourseError(f"{_shown(path.name)} cannot be read ({error.strerror}): hand it in again.") from error
    finally:
        os.close(descriptor)


def _not_a_file(name: str, mode: int) -> str:
    kinds = {stat.S_IFLNK: "link", stat.S_IFDIR: "folder"}
    kind = kinds.get(stat.S_IFMT(mode), "pipe or device")
    return f"{_shown(name)} is a {kind} and not a file: hand in the notebook itself."


def _too_large(name: str, limit: int) -> str:
    return (
        f"{_shown(name)} is larger than {limit / 1e6:g} MB: "
        "clear the outputs (Edit → Clear Outputs of All Cells), save, and hand in again."
    )


def _empty(name: str) -> str:
    return f"{_shown(name)} is empty: save the notebook and hand it in again."


def _shown(name: str) -> str:
    """A name from outside, fit to be printed: no control or direction characters, no surrogates, not too long."""
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name[:121])
    return printable if len(printable) <= 120 else printable[:119] + "…"


def _is_notebook(name: str) -> bool:
    return not name.startswith(".") and NOTEBOOK.search(name) is not None


def _rank(name: str, lesson: str, mode: int) -> tuple[bool, bool, float]:
    """How well a file would do as the lesson's notebook: its very name, else a regular file, else the likest name."""
    name = unicodedata.normalize("NFC", name)
    mine, own = _stem(name), _stem(f"{lesson}.ipynb")
    likeness = 1.0 if mine == own else SequenceMatcher(None, mine, own, autojunk=False).ratio()
    return name == f"{lesson}.ipynb", stat.S_ISREG(mode), likeness


def _stem(name: str) -> str:
    """A notebook's name without extension, capitals, signs, and what systems add for a copy."""
    stem = NOTEBOOK.sub("", unicodedata.normalize("NFKC", name))[:200].casefold().strip()  # a zip allows 65,535 letters
    while stem != (shorter := COPY.sub("", stem, count=1)):
        stem = shorter
    return re.sub(r"[\W_]+", "_", stem)


def _naming_notes(name: str, lesson: str, all_names: list[str]) -> tuple[str, ...]:
    if name == f"{lesson}.ipynb":
        return ()
    note = f"The file was called {_shown(name)} and was taken as {lesson}.ipynb."
    others = sorted(_shown(other) for other in all_names if other != name)
    if others:
        more = f" and {len(others) - 3} more" if len(others) > 3 else ""
        note += f" It is the likest in name, or the newest, beside {', '.join(others[:3])}{more}."
    return (note,)


class _Entry(NamedTuple):
    """A file in the zip, its name as the student gave it; in Canvas with the upload's number and if it was late."""

    info: zipfile.ZipInfo
    name: str
    typed: bool
    upload: int = 0
    late: bool = False

    def mode(self) -> int:
        """The kind of file that a Unix system noted in the entry, a regular one if it noted none."""
        return stat.S_IFMT(self.info.external_attr >> 16) or stat.S_IFREG


class _Owner(NamedTuple):
    """Whose a file is, in the words of the system that made the zip."""

    system: str
    name: str
    number: str


def unpack(
    zip_path: Path,
    lesson: str,
    roster: Mapping[str, Student],
    submitted: Path,
    *,
    limit: int = LIMIT,
    most_entries: int = MOST_ENTRIES,
    times: bool = True,
) -> Unpacked:
    """Put each notebook of a zip from Moodle or Canvas at ``submitted/STUDENT/LESSON/LESSON.ipynb``.

    ``timestamp.txt`` beside it holds the zip entry's time in nbgrader's format; a zip knows no time zone, UTC is
    assumed, and Moodle and Canvas put the time of the download there, so leave it out (``times=False``) where
    lateness counts. Files that are there already with the same content are left alone. ``limit`` is in bytes.
    Raises CourseError for a zip that cannot be read, is encrypted or has more than ``most_entries`` entries.
    """
    again = "download it again"
    try:
        archive = zipfile.ZipFile(zip_path)
    except FileNotFoundError:
        raise CourseError(f"There is no file {zip_path}: check where the download was saved.") from None
    except OSError as error:
        raise CourseError(f"{zip_path} cannot be read ({error.strerror}): {again}.") from error
    except Exception as error:  # zipfile raises several kinds for damaged directories
        raise CourseError(f"{zip_path} is not a zip file, or a damaged one ({error}): {again}.") from error
    with archive:
        infos = archive.infolist()
        if len(infos) > most_entries:
            raise CourseError(
                f"{zip_path} has {len(infos)} entries, more than {most_entries}: is it the download of one lesson?"
            )
        if any(info.flag_bits & 0x1 for info in infos):
            raise CourseError(f"{zip_path} is encrypted: {again} without a password.")
        work, unmatched = _sort_by_student(infos, roster)
        found = tuple(
            _take(archive, work[student], lesson, student, Path(submitted), limit, times) for student in sorted(work)
        )
    return Unpacked(found, tuple(unmatched))


def _sort_by_student(
    infos: list[zipfile.ZipInfo], roster: Mapping[str, Student]
) -> tuple[dict[str, list[_Entry]], list[str]]:
    owned: dict[_Owner, list[_Entry]] = defaultdict(list)
    unmatched = []
    canvas_ids = {s.canvas_id for s in roster.values() if s.canvas_id}
    for info in infos:
        parts = [part for part in re.split(r"[/\\]", _name(info)) if part not in ("", ".")]
        if info.is_dir() or not parts or _is_junk(parts):
            continue
        if whose := _whose(info, parts, canvas_ids):
            owned[whose[0]].append(whose[1])
        else:
            unmatched.append(f"{_shown('/'.join(parts))}: not clearly named as Moodle or Canvas name files")
    claims: dict[str, list[_Owner]] = defaultdict(list)
    reasons: dict[_Owner, str] = {}
    for owner in owned:
        students = _candidates(owner, roster)
        if len(students) == 1:
            claims[students.pop()].append(owner)
        elif students:
            reasons[owner] = f"{len(students)} students of the class list have this name or number"
        else:
            reasons[owner] = "nobody in the class list has this name or number"
    work = {}
    for student, owners in claims.items():
        if len(owners) == 1:
            work[student] = owned[owners[0]]
        else:
            for owner in owners:
                reasons[owner] = f"{len(owners)} people in the zip have this name, one in the class list"
    unmatched += [f"{_shown(o.name)} ({_shown(o.number)}): {reason}" for o, reason in reasons.items()]
    return work, sorted(unmatched)


def _name(info: zipfile.ZipInfo) -> str:
    """The entry's name; without the flag for UTF-8 zipfile reads it as cp437, though many systems write UTF-8."""
    if not info.flag_bits & 0x800:
        try:
            return info.filename.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return info.filename


def _is_junk(parts: list[str]) -> bool:
    return any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in parts)


def _whose(info: zipfile.ZipInfo, parts: list[str], canvas_ids: set[str]) -> tuple[_Owner, _Entry] | None:
    """Read a path from its beginning, which the system wrote; the student chose what comes after."""
    for i, part in enumerate(parts):
        if match := MOODLE.fullmatch(part):
            last = i == len(parts) - 1
            name = (match["rest"] or part) if last else parts[-1]
            return _Owner("Moodle", match["name"].strip(), match["number"]), _Entry(info, name, match["kind"] != "file")
    if not (match := CANVAS.fullmatch(parts[-1])):
        return None
    owner, late = _Owner("Canvas", match["name"], match["number"]), bool(match["late"])
    if match["typed"]:
        return owner, _Entry(info, match["typed"], True, 0, late)
    # Who may change their own name can end it in another's number, and all that follows moves on by one place.
    if match["file"] in canvas_ids and re.match(r"\d+_", match["rest"]):
        return None
    name = re.sub(r"-\d+(?=\.ipynb)|(?<=\.ipynb)-\d+", "", match["rest"], flags=re.IGNORECASE)
    return owner, _Entry(info, name, False, int(match["file"][:30]), late)


def _candidates(owner: _Owner, roster: Mapping[str, Student]) -> set[str]:
    """Ids of the students who may be meant; only one who is the only one is."""
    students = roster.values()
    if owner.system == "Canvas":
        if by_number := {s.student_id for s in students if s.canvas_id and s.canvas_id == owner.number}:
            return by_number
        students = [s for s in students if not s.canvas_id]  # another number: a namesake, not this student
    last_first_only = owner.system == "Canvas" or "," in owner.name
    for accents in (True, False):
        wanted = _squeeze(owner.name, accents)
        found = set()
        for s in students:
            spellings = {_squeeze(s.last_name + s.first_name, accents)}
            if not last_first_only:
                spellings.add(_squeeze(s.first_name + s.last_name, accents))
            if wanted and wanted in spellings:
                found.add(s.student_id)
        if found:
            return found
    return set()


@lru_cache(maxsize=10_000)
def _squeeze(name: str, accents: bool) -> str:
    """Letters and digits of a name in lower case, the accents kept or taken off."""
    text = unicodedata.normalize("NFKC", name).casefold()
    if not accents:
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c for c in text if c.isalnum() or unicodedata.category(c).startswith("M"))


def _take(
    archive: zipfile.ZipFile, entries: list[_Entry], lesson: str, student: str, submitted: Path, limit: int, times: bool
) -> Found:
    """Choose a student's notebook and place it."""
    notes: tuple[str, ...] = ()
    if any(entry.typed for entry in entries):
        notes += ("Text that was typed or linked is left aside: only the notebook is graded.",)
    files = [entry for entry in entries if not entry.typed]
    notebooks = [entry for entry in files if _is_notebook(entry.name)]
    if not notebooks:
        names = ", ".join(sorted({_shown(entry.name) for entry in files})[:3]) or "only text"
        return Found(
            student, None, f"There is no notebook in what was handed in ({names}): hand in {lesson}.ipynb.", notes
        )
    # Of equal names the last entry wins: max takes the first of equals, hence the count.
    _, chosen = max(
        enumerate(notebooks),
        key=lambda e: (*_rank(e[1].name, lesson, e[1].mode()), e[1].upload, e[1].info.date_time, e[0]),
    )
    notes += _naming_notes(chosen.name, lesson, [entry.name for entry in notebooks])
    if chosen.late:
        notes += ("Canvas marks it as late.",)
    try:
        data = _read_entry(archive, chosen, limit)
        path, written = _place(data, chosen.info, submitted, student, lesson, limit, times)
    except CourseError as error:
        return Found(student, None, str(error), notes)
    return Found(student, path, "", notes + written)


def _read_entry(archive: zipfile.ZipFile, entry: _Entry, limit: int) -> bytes:
    """Unpack one entry as far as the limits allow; what the zip says of its size is not believed."""
    info, shown = entry.info, _shown(entry.name)
    if entry.mode() != stat.S_IFREG:
        raise CourseError(_not_a_file(entry.name, entry.mode()))
    # zipfile unpacks bzip2 and LZMA in steps of any size, so that a bomb would go off within one.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise CourseError(f"{shown} is packed in an unusual way: hand in the notebook itself.")
    data = bytearray()
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(1 << 16):
                data += chunk
                if len(data) > limit:
                    raise CourseError(_too_large(entry.name, limit))
                if len(data) > 1_000_000 and len(data) > MOST_RATIO * info.compress_size:
                    raise CourseError(
                        f"{shown} is more than {MOST_RATIO} times as large as in the zip, as no notebook is: "
                        "hand in the notebook itself."
                    )
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise CourseError(f"{shown} is damaged in the zip: download it again, or hand in again.") from error
    if not data:
        raise CourseError(_empty(entry.name))
    return bytes(data)


def _place(
    data: bytes, info: zipfile.ZipInfo, submitted: Path, student: str, lesson: str, limit: int, times: bool
) -> tuple[Path, tuple[str, ...]]:
    """Write the notebook and its time unless they are there; the time first, so that a broken run is made good."""
    folder = submitted / student / lesson
    path, time_path = folder / f"{lesson}.ipynb", folder / "timestamp.txt"
    for part in (folder.parent, folder):
        if part.is_symlink():
            raise CourseError(f"The folder {part.relative_to(submitted)} is a link: remove it, and collect again.")
    try:
        same = read_bytes(path, limit) == data
    except CourseError:
        same = False
    try:
        moment = f"{datetime(*info.date_time):%Y-%m-%d %H:%M:%S} UTC" if times and info.date_time[0] > 1980 else ""
    except ValueError:
        moment = ""
    notes: tuple[str, ...] = ()
    try:
        if moment and not (same and os.path.lexists(time_path)):
            write_atomically(time_path, moment + "\n")
            notes = (f"The time {moment} is the zip's, which names no zone and may be that of the download.",)
        if not same:
            if not moment:
                time_path.unlink(missing_ok=True)  # it belonged to an earlier notebook
            write_atomically(path, data)
    except OSError as error:
        raise CourseError(
            f"{path.relative_to(submitted)} cannot be written ({error.strerror}): "
            "remove what is in the way, and collect again."
        ) from error
    return path, notes
