"""The ``course`` command: everything that students, instructors and the Makefile ask for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from course_lib import models
from course_lib.errors import CourseError
from course_lib.grading import commands
from course_lib.lessons import (
    NOTEBOOKS,
    ROOT,
    find_lesson,
    lesson_names,
    notebook_path,
    source_path,
    use_own_scripts,
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Prompt Engineering vs Fine-Tuning: open, check and build the course.",
)
model_app = typer.Typer(no_args_is_help=True, help="Fetch and list language models.")
app.add_typer(model_app, name="model")
data_app = typer.Typer(no_args_is_help=True, help="Look the course's data sets over.")
app.add_typer(data_app, name="data")
console = Console(highlight=False, soft_wrap=True)


def main() -> None:
    """Run the command; any problem ends in one clear sentence and exit code 1, never in a traceback."""
    try:
        app()
    except CourseError as error:
        _stop(str(error))
    except SystemExit as end:
        if end.code == 130:  # how typer ends after Ctrl+C, without a word
            _stop("Stopped. Nothing was left half done; run the command again to go on.", 130)
        raise
    except Exception as error:
        if os.environ.get("COURSE_DEBUG"):
            raise
        _stop(
            f"Something unforeseen went wrong ({type(error).__name__}: {error}). "
            "Run `course doctor` first; COURSE_DEBUG=1 shows where it happened."
        )


def _stop(message: str, code: int = 1) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"[bold red]✗[/] {_plain(message)}")
    sys.exit(code)


def _plain(text: str) -> str:
    """Text that rich must not read as markup."""
    return text.replace("[", "\\[")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context) -> None:
    """Open the course in JupyterLab; fetches the model first if it is missing. Further arguments go to JupyterLab."""
    if not models.is_fetched():
        fetch(None)
    use_own_scripts()
    console.print(f"Opening JupyterLab on {NOTEBOOKS}. Stop it with Ctrl+C.")
    # Our own JupyterLab settings switch off the plugin that asks the network for news and updates.
    settings = os.pathsep.join(
        filter(None, [str(ROOT / "course_lib" / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH")])
    )
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={NOTEBOOKS}", *context.args]
    done = subprocess.run(command, check=False, env=os.environ | {"JUPYTER_CONFIG_PATH": settings})
    raise SystemExit(done.returncode)


@model_app.command()
def fetch(
    name: Annotated[str | None, typer.Argument(help="a name from `course model list`, or a hub id")] = None,
    force: Annotated[bool, typer.Option(help="fetch anew, even if it is here")] = False,
) -> None:
    """Bring a model to this computer (once)."""
    was_here = models.is_fetched(name) and not force
    path = models.fetch(name, force=force, report=console.print)
    console.print(
        f"[green]✓[/] The model {'was already' if was_here else 'is now'} in {path}.\n"
        "  Next: `course lab` opens the course."
    )


@model_app.command(name="list")
def list_models() -> None:
    """Show the models that the course knows by name; any hub id or folder works as well."""
    table = Table("name", "parameters", "download", "licence", "source", "here?")
    for spec in models.MODELS.values():
        here = "yes" if models.is_fetched(spec.name) else "no"
        default = " (default)" if spec.name == models.DEFAULT_MODEL else ""
        table.add_row(
            spec.name + default,
            f"{spec.parameters / 1e6:.0f} M",
            f"{spec.download_bytes / 1e6:.0f} MB",
            spec.licence,
            spec.source,
            here,
        )
    console.print(table)
    console.print("Next: `course model fetch NAME`; COURSE_MODEL=NAME (or a hub id, or a folder) makes lessons use it.")


@model_app.command()
def path(name: Annotated[str | None, typer.Argument()] = None) -> None:
    """Print the folder of a model that has been fetched."""
    if not models.is_fetched(name):
        raise CourseError(f"The model is not here yet: run `course model fetch{f' {name}' if name else ''}`.")
    typer.echo(models.model_path(name))


@data_app.command()
def report(
    name: Annotated[str | None, typer.Argument(help="support or prediagnosis; both if left out")] = None,
    figure: Annotated[Path | None, typer.Option(help="where to save the plot (a folder, if both are reported)")] = None,
) -> None:
    """Measure a data set: sizes, balance, duplicates, variety, difficulty; a table and a plot."""
    from course_lib.data.report import LOADERS, measure, plot

    if name not in (None, *LOADERS):
        raise CourseError(f"There is no data set {name!r}. The data sets are: {', '.join(LOADERS)}.")
    broken = []
    for each in [name] if name else list(LOADERS):
        dataset = LOADERS[each]()
        table = Table("", "measure", "value", "wanted", title=each)
        for row in measure(dataset):
            table.add_row("[green]✓[/]" if row.kept else "[red]✗[/]", row.name, f"{row.value:{row.form}}", row.bounds())
            broken += [] if row.kept else [f"{each}: {row.name} is {row.value:{row.form}}, wanted {row.bounds()}"]
        console.print(table)
        path = figure or models.cache_dir() / "reports"
        path = path if path.suffix else path / f"{each}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        plot(each, dataset).savefig(path, dpi=110)
        console.print(f"The plot is in {path}.")
    if broken:
        raise CourseError("\n  ".join(["The data do not keep their bounds; rewrite rows, not bounds:", *broken]))
    console.print("Next: the datasheets in course_lib/data/*/DATASHEET.md say how the rows were written.")


@app.command()
def experiment(
    name: Annotated[str | None, typer.Argument(help="which; all are listed if left out")] = None,
    record: Annotated[bool, typer.Option(help="keep the result in place of the recorded one")] = False,
) -> None:
    """Run one of the long experiments whose recorded results the lessons show; takes minutes."""
    from course_lib import experiments

    if name is None:
        for known in experiments.EXPERIMENTS:
            console.print(f"{known}: {experiments.recorded(known).provenance}")
        return
    if name not in experiments.EXPERIMENTS:
        raise CourseError(f"There is no experiment {name!r}. Known are: {', '.join(experiments.EXPERIMENTS)}.")
    done = experiments.run(name)
    for row in done.rows:
        console.print(_plain(json.dumps(row | ({"hits": sum(row["hits"])} if "hits" in row else {}))))
    if record:
        console.print(f"Recorded in {experiments.record(done)}.")
    console.print(f"{done.seconds:.0f} s." + ("" if record else " --record keeps the result."))


@app.command()
def build(
    lesson: Annotated[str | None, typer.Argument(help="a lesson's number or name; all if left out")] = None,
    check: Annotated[bool, typer.Option("--check", help="change nothing; fail if a release is stale or leaks")] = False,
    force: Annotated[bool, typer.Option(help="overwrite a notebook that someone has worked in")] = False,
) -> None:
    """Make the students' notebooks from solutions/ with nbgrader's generate_assignment."""
    from course_lib import authoring

    names = [find_lesson(lesson)] if lesson else lesson_names()
    if not names or not all(source_path(name).exists() for name in names):
        raise CourseError("Building needs the sources in solutions/, which this copy of the course does not have.")
    found: list[str] = []
    for name in names:
        if check:
            wrong = authoring.check_build(name)
            found += wrong
            console.print(
                f"[green]✓[/] {name}: release up to date, nothing leaks" if not wrong else f"[red]✗[/] {name}"
            )
        else:
            changed = authoring.build(name, force=force)
            console.print(f"[green]✓[/] {name}: notebooks/{name}/ {'written' if changed else 'unchanged'}")
    if check:
        stray = {p.name for p in NOTEBOOKS.glob("[0-9][0-9]_*")} - set(lesson_names())
        found += [f"notebooks/{name} has no source in solutions/: delete it." for name in sorted(stray)]
    if found:
        raise CourseError("\n  ".join(["The build is not clean:", *found]))
    tested, written = (sum(counts) for counts in zip(*map(authoring.count_exercises, names), strict=True))
    console.print(f"{len(names)} lessons, {tested} exercises with tests, {written} written answers.")
    console.print("Next: " + ("commit." if check else "look at `git diff notebooks`, then `course build --check`."))


@app.command(name="check")
def check_notebook(
    lesson: Annotated[str, typer.Argument(help="a lesson's number or name")],
) -> None:
    """Grade your own notebook of a lesson, without changing it, and say what to look at."""
    from course_lib.grading import self_check

    name = find_lesson(lesson)
    notebook = notebook_path(name)
    complete = source_path(name).exists()
    console.print(f"Grading {notebook.relative_to(ROOT)} as it was last saved …")
    grades = self_check.grade(name, {"you": notebook})["you"]
    table = Table("exercise", "points", "what the check says", show_lines=True)
    for row in grades:
        good = not row.message
        points = f"{'–' if row.by_hand else f'{row.points:g}'} / {row.max_points:g}"
        colour = "yellow" if row.by_hand else "green" if good else "red"
        table.add_row(row.exercise, f"[{colour}]{points}[/]", "[green]✓[/]" if good else _plain(row.message))
    console.print(table)
    automatic = [row for row in grades if not row.by_hand]
    earned, possible = sum(row.points for row in automatic), sum(row.max_points for row in automatic)
    console.print(f"{earned:g} of {possible:g} automatic points. Your notebook was not changed.")
    if not complete:
        console.print("These are the checks you can see; the hidden ones run when your instructor grades the notebook.")
    console.print("Next: " + ("hand it in." if earned == possible else "mend the first ✗, save, and check again."))


@app.command()
def doctor() -> None:
    """Look over Python, packages, memory, disk, model and JupyterLab; exit 1 with the remedy if something is wrong."""
    from course_lib.doctor import examine

    table, remedies = Table("", "what", "found"), []
    for finding in examine():
        table.add_row("[red]✗[/]" if finding.remedy else "[green]✓[/]", finding.subject, _plain(finding.state))
        if finding.remedy:
            remedies.append(f"{finding.subject}: {finding.remedy}")
    console.print(table)
    if remedies:
        raise CourseError("\n  ".join(["Something needs mending:", *remedies]))
    console.print("All well. Next: `course lab`.")


app.command()(commands.grade)
app.command()(commands.feedback)
app.add_typer(commands.grades, name="grades")
