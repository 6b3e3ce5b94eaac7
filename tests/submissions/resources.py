"""Code that takes what it can get, or ends the process it runs in: only what depends on it may be lost."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tests.submissions import END, FULL, add_code, handed_in, solution, submission


def _with_cell(folder: Path, notebook: NotebookNode, code: str, after: str | None = "setup") -> None:
    """The solved notebook with one more cell."""
    add_code(notebook, after, code)
    handed_in(notebook, folder)


def _with_parser(folder: Path, notebook: NotebookNode, body: str) -> None:
    """The solved notebook, but parse_ticket, which no other exercise uses, does ``body``."""
    solution(notebook, "parse_ticket").source = f"def parse_ticket(reply, topics=SUPPORT_TOPICS):\n    {body}"
    handed_in(notebook, folder)


@submission(points=FULL)
def memory_in_a_cell(folder: Path, notebook: NotebookNode) -> None:
    """A cell of the student's own asks for 3 GB."""
    _with_cell(folder, notebook, "len(b'x' * (3 * 2**30))")


@submission(points=FULL - 3)
def memory_in_a_call(folder: Path, notebook: NotebookNode) -> None:
    """A function asks for 3 GB."""
    _with_parser(folder, notebook, "return b'x' * (3 * 2**30)")


@submission(points=FULL)
def many_processes(folder: Path, notebook: NotebookNode) -> None:
    """A cell starts 40 processes, more than it may, and leaves them asleep for half a minute."""
    _with_cell(
        folder,
        notebook,
        """
        import os
        for _ in range(40):
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
        """,
    )


@submission(points=FULL)
def orphans(folder: Path, notebook: NotebookNode) -> None:
    """A cell leaves five processes in sessions of their own, without a parent, for five minutes."""
    _with_cell(
        folder,
        notebook,
        """
        import os
        for _ in range(5):
            if (child := os.fork()) == 0:
                os.setsid()
                if os.fork() == 0:
                    time.sleep(300)
                os._exit(0)
            os.waitpid(child, 0)
        """,
    )


@submission(points=FULL)
def programs_left_running(folder: Path, notebook: NotebookNode) -> None:
    """A cell starts another program and does not wait for it."""
    _with_cell(folder, notebook, "import subprocess\nwaiting = subprocess.Popen(['sleep', '300'])")


@submission(points=FULL)
def threads_left_running(folder: Path, notebook: NotebookNode) -> None:
    """A cell leaves ten threads, half of which keep a process from ending by itself."""
    _with_cell(
        folder,
        notebook,
        """
        import threading
        for number in range(10):
            threading.Thread(target=time.sleep, args=(300,), daemon=number % 2 == 0).start()
        """,
    )


@submission(points=FULL)
def endless_loop(folder: Path, notebook: NotebookNode) -> None:
    """A loop in a cell that catches every interrupt."""
    _with_cell(
        folder,
        notebook,
        """
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
        """,
    )


@submission(points=FULL - 3)
def endless_loop_in_a_call(folder: Path, notebook: NotebookNode) -> None:
    """A function never returns."""
    _with_parser(folder, notebook, "while True: pass")


@submission(points=FULL)
def endless_c_code(folder: Path, notebook: NotebookNode) -> None:
    """A cell is caught in compiled code that never looks for signals."""
    _with_cell(folder, notebook, "import itertools\nsum(itertools.repeat(0))")


@submission(points=FULL - 3)
def catastrophic_pattern(folder: Path, notebook: NotebookNode) -> None:
    """A function runs a regular expression that takes longer than the universe has."""
    _with_parser(folder, notebook, "return re.match(r'(a+)+$', 'a' * 64 + 'b')")


@submission(points=FULL)
def sleeping_signal_handlers(folder: Path, notebook: NotebookNode) -> None:
    """Whoever asks the process to end is answered by a long sleep."""
    _with_cell(
        folder,
        notebook,
        """
        import signal
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, lambda *_: time.sleep(300))
        while True:
            time.sleep(1)
        """,
    )


@submission(points=FULL)
def signals_ignored(folder: Path, notebook: NotebookNode) -> None:
    """The process ignores every signal it can, and goes on as usual."""
    _with_cell(
        folder,
        notebook,
        """
        import signal
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        """,
    )


@submission(points=FULL)
def stopped(folder: Path, notebook: NotebookNode) -> None:
    """The process stops itself, as Ctrl+Z would."""
    _with_cell(folder, notebook, "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)")


@submission(points=FULL)
def deep_recursion(folder: Path, notebook: NotebookNode) -> None:
    """Recursion through compiled code with the limit raised: the process crashes."""
    _with_cell(
        folder,
        notebook,
        """
        import sys
        sys.setrecursionlimit(10**9)
        def deeper(value):
            return sorted([value], key=deeper)
        deeper(0)
        """,
    )


@submission(points=FULL - 3)
def crash_in_a_call(folder: Path, notebook: NotebookNode) -> None:
    """A function reads from address 0, which ends the process."""
    _with_parser(folder, notebook, "import ctypes; return ctypes.string_at(0)")


@submission(points=FULL - 3)
def exit_in_a_call(folder: Path, notebook: NotebookNode) -> None:
    """A function ends the process as if all were well."""
    _with_parser(folder, notebook, "import os; os._exit(0)")


@submission(points=FULL - 3)
def system_exit_in_a_call(folder: Path, notebook: NotebookNode) -> None:
    """A function raises SystemExit."""
    _with_parser(folder, notebook, "raise SystemExit(0)")


@submission(points=FULL - 3)
def interrupt_in_a_call(folder: Path, notebook: NotebookNode) -> None:
    """A function raises KeyboardInterrupt, as if a person had stopped the grading."""
    _with_parser(folder, notebook, "raise KeyboardInterrupt")


@submission(points=FULL)
def exit_in_the_last_cell(folder: Path, notebook: NotebookNode) -> None:
    """The last cell ends the process without a word."""
    _with_cell(folder, notebook, "import os\nos._exit(0)", after=END)


@submission(points=FULL)
def killed_in_a_cell(folder: Path, notebook: NotebookNode) -> None:
    """A cell kills its own process."""
    _with_cell(folder, notebook, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")


@submission(points=FULL)
def three_deaths(folder: Path, notebook: NotebookNode) -> None:
    """Three cells end the process: as many as a grader starts again after."""
    for _ in range(3):
        add_code(notebook, "setup", "import os\nos._exit(1)")
    handed_in(notebook, folder)


@submission(points=6)
def four_deaths(folder: Path, notebook: NotebookNode) -> None:
    """Four cells end the process, the last one after the second exercise: what was tested before it counts."""
    for _ in range(3):
        add_code(notebook, "setup", "import os\nos._exit(1)")
    add_code(notebook, "test_parse_ticket_hidden", "import os\nos._exit(1)")
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def death_in_a_solution(folder: Path, notebook: NotebookNode) -> None:
    """A solution's cell ends the process after defining the function."""
    solution(notebook, "parse_ticket").source += "\n\nimport os\nos.abort()"
    handed_in(notebook, folder)


@submission(points=FULL)
def system_exit(folder: Path, notebook: NotebookNode) -> None:
    """Cells call sys.exit, exit and quit, to end the notebook early."""
    for code in ("import sys\nsys.exit()", "exit()", "quit()"):
        add_code(notebook, "setup", code)
    handed_in(notebook, folder)


@submission(points=FULL)
def asks_ipython_to_exit(folder: Path, notebook: NotebookNode) -> None:
    """A cell asks IPython to end, so that the tests below never run."""
    _with_cell(folder, notebook, "get_ipython().ask_exit()")


@submission(points=FULL)
def full_disk(folder: Path, notebook: NotebookNode) -> None:
    """A cell writes up to 200 MB beside the notebook and in the temporary folder."""
    _with_cell(
        folder,
        notebook,
        """
        import tempfile
        for place in (".", tempfile.gettempdir()):
            with open(f"{place}/filler.bin", "wb") as file:
                for _ in range(100):
                    file.write(bytes(2**20))
                    file.flush()
        """,
    )


@submission(points=FULL)
def long_line_of_output(folder: Path, notebook: NotebookNode) -> None:
    """A cell prints 200 MB on one line."""
    _with_cell(folder, notebook, "for _ in range(200):\n    print('x' * 2**20, end='')")


@submission(points=FULL)
def endless_output(folder: Path, notebook: NotebookNode) -> None:
    """A cell prints for ever."""
    _with_cell(folder, notebook, "while True:\n    print('are we there yet?')")


@submission(points=FULL)
def output_past_python(folder: Path, notebook: NotebookNode) -> None:
    """A cell writes 100 MB to the descriptors of stdout and stderr themselves."""
    _with_cell(
        folder,
        notebook,
        """
        import os
        for _ in range(50):
            for descriptor in (1, 2):
                os.write(descriptor, b"x" * 2**20)
        """,
    )


@submission(points=FULL)
def large_display(folder: Path, notebook: NotebookNode) -> None:
    """A cell shows 100 MB of text as a rich output."""
    _with_cell(folder, notebook, "display({'text/plain': 'x' * 100_000_000}, raw=True)")


@submission(points=FULL)
def output_in_a_call(folder: Path, notebook: NotebookNode) -> None:
    """A function prints 2 MB in each call and is right."""
    solution(notebook, "parse_ticket").source += """

_quiet = parse_ticket

def parse_ticket(*args, **kwargs):
    print("x" * 2_000_000)
    return _quiet(*args, **kwargs)"""
    handed_in(notebook, folder)


@submission(points=FULL - 3)
def large_result(folder: Path, notebook: NotebookNode) -> None:
    """A function returns a text of 300 MB."""
    _with_parser(folder, notebook, "return 'x' * 300_000_000")


@submission(points=FULL - 3)
def result_in_a_circle(folder: Path, notebook: NotebookNode) -> None:
    """A function returns a list that holds itself."""
    _with_parser(folder, notebook, "circle = []; circle.append(circle); return circle")


@submission(points=FULL - 3)
def result_nested_deeply(folder: Path, notebook: NotebookNode) -> None:
    """A function returns a list in a list, 100,000 deep."""
    _with_parser(folder, notebook, "deep = []\n    for _ in range(100_000): deep = [deep]\n    return deep")


@submission(points=FULL - 3)
def result_of_many_digits(folder: Path, notebook: NotebookNode) -> None:
    """A function returns a number that Python refuses to print."""
    _with_parser(folder, notebook, "return 1 << 10_000_000")


@submission(points=FULL - 3)
def result_without_end(folder: Path, notebook: NotebookNode) -> None:
    """A function returns an iterator that never ends."""
    _with_parser(folder, notebook, "import itertools; return itertools.count()")


@submission(points=FULL)
def stuck_clock(folder: Path, notebook: NotebookNode) -> None:
    """Every clock of the process stands still and sleeping takes no time, so that no time seems to pass."""
    _with_cell(
        folder,
        notebook,
        """
        for name in ("time", "monotonic", "perf_counter", "process_time"):
            setattr(time, name, lambda: 0.0)
        time.sleep = lambda seconds: None
        """,
    )


@submission(points=FULL)
def stuck_clock_and_endless_loop(folder: Path, notebook: NotebookNode) -> None:
    """The clocks stand still, then a cell never ends: the limit must be kept elsewhere."""
    _with_cell(
        folder,
        notebook,
        "time.time = time.monotonic = time.perf_counter = lambda: 0.0\nwhile True:\n    pass",
    )


@submission(points=FULL)
def ten_thousand_cells(folder: Path, notebook: NotebookNode) -> None:
    """10,000 cells of the student's own."""
    extra = [new_code_cell(f"x = {number}", id=f"x-{number}") for number in range(10_000)]
    notebook.cells[3:3] = extra
    handed_in(notebook, folder)


@submission(points=FULL)
def long_line_of_code(folder: Path, notebook: NotebookNode) -> None:
    """One line of code of 5 MB, and one sum of 100,000 terms."""
    add_code(notebook, "setup", f"text = '{'x' * 5_000_000}'")
    _with_cell(folder, notebook, "number = " + "1 + " * 100_000 + "1")


@submission(points=FULL)
def nested_brackets(folder: Path, notebook: NotebookNode) -> None:
    """A cell of 5,000 nested brackets, which is too much for the parser."""
    _with_cell(folder, notebook, "(" * 5_000 + ")" * 5_000)


@submission(points=FULL)
def waits_for_a_person(folder: Path, notebook: NotebookNode) -> None:
    """Cells ask for a name and a password."""
    add_code(notebook, "setup", "import getpass\ngetpass.getpass('And your password? ')")
    _with_cell(folder, notebook, "name = input('Your name? ')")


@submission(points=FULL)
def reads_stdin(folder: Path, notebook: NotebookNode) -> None:
    """A cell waits for the end of stdin, at its descriptor."""
    _with_cell(folder, notebook, "import os\nwhile os.read(0, 1000):\n    pass")


@submission(points=FULL)
def closes_every_file(folder: Path, notebook: NotebookNode) -> None:
    """A cell closes all file descriptors, the line to the grader among them."""
    _with_cell(folder, notebook, "import os\nos.closerange(0, 4096)")


@submission(points=FULL)
def opens_every_file(folder: Path, notebook: NotebookNode) -> None:
    """A cell opens files until there are none left, and closes them again."""
    _with_cell(
        folder,
        notebook,
        """
        import os
        opened = []
        try:
            while len(opened) < 5000:
                opened.append(os.open(os.devnull, os.O_RDONLY))
        finally:
            for descriptor in opened:
                os.close(descriptor)
        """,
    )


@submission(points=FULL)
def handlers_at_exit(folder: Path, notebook: NotebookNode) -> None:
    """The process has plans for its end that take for ever."""
    _with_cell(folder, notebook, "import atexit\natexit.register(lambda: [time.sleep(1) for _ in range(300)])")


@submission(points=FULL)
def greedy_thread(folder: Path, notebook: NotebookNode) -> None:
    """A thread computes for five seconds, and Python is told not to switch threads meanwhile."""
    _with_cell(
        folder,
        notebook,
        """
        import sys, threading
        def busy(until):
            while time.monotonic() < until:
                pass
        sys.setswitchinterval(1000)
        threading.Thread(target=busy, args=(time.monotonic() + 5,)).start()
        """,
    )


@submission(points=FULL)
def no_garbage_collection(folder: Path, notebook: NotebookNode) -> None:
    """Garbage collection is off, and its callbacks raise errors."""
    _with_cell(
        folder,
        notebook,
        """
        import gc
        gc.disable()
        gc.callbacks.append(lambda phase, info: 1 / 0)
        """,
    )


@submission(points=0, status="failed", says="million characters")
def letters_that_grow(folder: Path, notebook: NotebookNode) -> None:
    """Seven million letters outside ASCII in comments, which are six times as many bytes in a message."""
    for _ in range(7):
        add_code(notebook, "setup", "# " + "é" * 999_000)
    handed_in(notebook, folder)


@submission(points=FULL)
def slow_to_highlight(folder: Path, notebook: NotebookNode) -> None:
    """A cell of blank lines and one of dots, which a highlighter would chew on for an hour."""
    add_code(notebook, "setup", "x = 1" + " \n" * 300_000 + "x = 2")
    add_code(notebook, "setup", "if False:\n    " + "a." * 200_000 + "a")
    handed_in(notebook, folder)
