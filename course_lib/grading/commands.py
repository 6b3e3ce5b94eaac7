"""The commands for instructors: ``course grade``, ``course feedback`` and ``course grades export``."""

from __future__ import annotations

from contextlib import closing
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from course_lib.errors import CourseError
from course_lib.lessons import find_lesson, lesson_names, source_path

if TYPE_CHECKING:
    from course_lib.grading.batch import Summary
    from course_lib.grading.collect import Unpacked

console = Console(highlight=False, soft_wrap=True)

LessonName = Annotated[str, typer.Argument(help="a lesson's number or name")]
Root = Annotated[Path, typer.Option(help="the folder with submitted/, autograded/ and gradebook.db", file_okay=False)]
Roster = Annotated[Path | None, typer.Option(help="the class list, a CSV with a column student_id")]
Database = Annotated[str, typer.Option(help="the gradebook's URL, if it is not ROOT/gradebook.db: postgresql://…")]


class Format(Enum):
    """The files that ``grades export`` writes."""

    csv = "csv"
    canvas = "canvas"
    moodle = "moodle"


def grade(
    lesson: LessonName,
    student: Annotated[list[str] | None, typer.Option(help="only this student; may be given several times")] = None,
    zip_file: Annotated[Path | None, typer.Option("--zip", help="first take in a zip from Moodle or Canvas")] = None,
    zip_times: Annotated[bool, typer.Option(help="take the zip's times as the times of handing in")] = False,
    roster: Roster = None,
    workers: Annotated[int | None, typer.Option(min=1, help="processes at work; one for each core if left out")] = None,
    resume: Annotated[bool, typer.Option(help="leave what is graded and has not changed")] = True,
    sandbox: Annotated[bool, typer.Option(help="run students' code in bubblewrap")] = True,
    cluster: Annotated[str, typer.Option(help="address of a Dask scheduler, as tcp://host:8786")] = "",
    database: Database = "",
    cell_seconds: Annotated[float, typer.Option(min=1, help="wall time for each cell")] = 60,
    notebook_seconds: Annotated[float, typer.Option(min=1, help="wall time for each notebook")] = 900,
    root: Root = Path(),
) -> None:
    """Grade a class: what is in submitted/ and not graded yet, or has changed. Exit 1 if a submission failed."""
    from course_lib.doctor import processor_cores
    from course_lib.grading import batch, collect
    from course_lib.grading import sandbox as bubblewrap
    from course_lib.grading.grader import Lesson, Settings

    name = _with_source(lesson)
    if sandbox and not cluster:
        bubblewrap.command()  # stops here, with what to install, before anything is read
    if not sandbox:
        console.print(f"[bold yellow]Without the sandbox.[/] {bubblewrap.RISK}")
    known, unreadable = collect.read_roster(roster) if roster else {}, []
    if zip_file:
        if not known:
            raise CourseError("A zip is matched by names: give the class list with --roster.")
        unpacked = collect.unpack(zip_file, name, known, root / "submitted", times=zip_times)
        unreadable = [found for found in unpacked.found if found.problem]
        _report(unpacked)
    if not (root / "submitted").is_dir():
        raise CourseError(
            f"There is no {root / 'submitted'}: put submitted/STUDENT/{name}/{name}.ipynb there, or --zip."
        )
    settings = Settings(cell_seconds=cell_seconds, notebook_seconds=notebook_seconds, sandbox=sandbox)
    package = Lesson.load(name)
    pool = (
        batch.Cluster(package, settings, cluster)
        if cluster
        else batch.Pool(package, settings, workers or processor_cores())
    )
    with closing(pool), _progress() as progress:
        task = progress.add_task(f"Grading {name}", total=None)
        summary = batch.grade(
            package,
            root,
            pool,
            students=student,
            roster=known,
            unreadable=unreadable,
            resume=resume,
            database=database,
            on_done=lambda record, done, total: progress.update(task, completed=done, total=total),
        )
    _show(summary)


def _progress() -> Progress:
    """A bar with counts, the time so far and the time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True)


def _with_source(lesson: str) -> str:
    name = find_lesson(lesson)
    if not source_path(name).exists():
        raise CourseError("Grading needs the sources in solutions/, which this copy of the course does not have.")
    return name


def _report(unpacked: Unpacked) -> None:
    """Say what was remarkable in a zip, and what could not be placed."""
    for found in unpacked.found:
        for words in found.notes:
            console.print(f"{escape(found.student)}: {escape(words)}")
    for words in unpacked.unmatched:
        console.print(f"[yellow]In the zip, but of nobody in the class list:[/] {escape(words)}")


def _show(summary: Summary) -> None:
    """The table at the end: one line for whatever somebody has to look at, and the counts."""
    table = Table("student", "state", "points", "what to know", show_lines=True)
    failed = [record for record in summary.records if record.status == "failed"]
    flagged = [record for record in summary.records if record.flags]
    manual = [record for record in summary.records if record.needs_manual]
    for record in summary.records:
        words = [record.reason, *sorted({flag.reason for flag in record.flags}), *record.notes]
        if any(words):
            state = "[red]failed[/]" if record in failed else "[yellow]flagged[/]" if record.flags else "graded"
            points = "–" if record in failed else f"{record.points:g} / {record.max_points:g}"
            table.add_row(escape(record.student), state, points, escape("\n".join(filter(None, words))))
    for student in summary.missing:
        table.add_row(escape(student), "missing", "–", "nothing handed in")
    if table.row_count:
        console.print(table)
    console.print(
        f"{len(summary.records) - len(failed)} graded ({summary.now} submissions looked at now), "
        f"{len(manual)} with something for a person to grade, {len(flagged)} flagged, {len(failed)} failed, "
        f"{len(summary.missing)} missing."
    )
    if failed:
        raise CourseError(
            f"{len(failed)} could not be graded; the table says why. Mend them or ask again, then run this again."
        )
    console.print(
        "Next: the formgrader (menu Nbgrader in `jupyter lab`) for written answers and flags, then `course feedback`."
    )


def feedback(lesson: LessonName, root: Root = Path(), database: Database = "") -> None:
    """Write feedback/STUDENT/LESSON/LESSON.html for everybody who was graded."""
    from course_lib.grading import feedback as pages

    name = find_lesson(lesson)
    with _progress() as progress:
        task = progress.add_task(f"Writing pages of {name}", total=None)
        written = pages.write(
            name, root, database, lambda done, total: progress.update(task, completed=done, total=total)
        )
    console.print(f"{len(written)} pages written to {root / 'feedback'}.")
    console.print("Next: `nbgrader release_feedback`, or upload the pages to your school's system.")


grades = typer.Typer(no_args_is_help=True, help="Hand grades on to the school's system.")


@grades.callback()
def _grades() -> None:
    """Hand grades on to the school's system."""


@grades.command()
def export(
    lesson: Annotated[list[str] | None, typer.Argument(help="lessons; all that were graded if left out")] = None,
    to: Annotated[Path, typer.Option(help="folder for the files", file_okay=False)] = Path("exported"),
    format: Annotated[Format, typer.Option(help="csv (every state), canvas or moodle")] = Format.csv,
    roster: Roster = None,
    partial: Annotated[bool, typer.Option(help="also scores that still wait for a person")] = False,
    database: Database = "",
    root: Root = Path(),
) -> None:
    """Write grades as a file that Canvas or Moodle imports; a CSV of every state always lies beside it."""
    from course_lib.files import write_atomically
    from course_lib.grading import collect, records
    from course_lib.grading import export as tables
    from course_lib.grading.gradebook import Book

    with closing(Book(root, database)) as book:
        names = [find_lesson(each) for each in lesson] if lesson else [n for n in lesson_names() if book.has(n)]
        known = {(name, r.student): r for name in names for r in records.load(root, name).values()}
        rows = tables.rows(
            book.gradebook,
            names,
            collect.read_roster(roster) if roster else {},
            {(student, name): record for (name, student), record in known.items()},
        )
    if not rows:
        raise CourseError("There is nothing to export yet: run `course grade` first.")
    # Excel takes a CSV for UTF-8 only if it begins with a byte-order mark.
    files = {"grades.csv": "\ufeff" + tables.as_csv(rows)}
    if format is Format.canvas:  # one file each: Canvas would take a blank in a common one for "remove the grade"
        for name in names:
            files[f"canvas_{name}.csv"] = tables.as_canvas([r for r in rows if r.lesson == name], partial=partial)
    elif format is Format.moodle:
        files["moodle.csv"] = tables.as_moodle(rows, partial=partial)
    for file, text in files.items():
        write_atomically(to / file, text)
        console.print(f"{to / file} written.")
    waiting = sum(1 for row in rows if row.needs_manual or row.flagged)
    if waiting and not partial and format is not Format.csv:
        console.print(f"{waiting} scores still wait for a person and are left out; --partial takes them in.")
