"""Code that reaches out of the place where it runs.

In most, ``attempt`` says whether it got through, and the exercises are right only then: points mean that it did. What
``attempt`` looks for is a line of the hidden tests (in two parts, so as not to find itself), or a file it could write;
what it writes it removes again.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from nbformat import NotebookNode

from course_lib.lessons import SOLUTIONS
from tests.submissions import FULL, LESSON, add_code, handed_in, solutions, submission

TOOLS = """
import ctypes, glob, os, signal, socket, subprocess, sys
from pathlib import Path
import course_lib

SECRET = b"Customers write braces, " + b"percent signs"
COURSE = Path(course_lib.__file__).resolve().parents[1]
HOMES = [Path(home) for home in ("~", "/root", *glob.glob("/home/*"))]
LIBC = ctypes.CDLL(None, use_errno=True)

def tells(path):
    \"\"\"Whether a file of at most 5 MB holds the secret.\"\"\"
    try:
        return os.path.isfile(path) and os.path.getsize(path) < 5_000_000 and SECRET in open(path, "rb").read()
    except OSError:
        return False

def files(*roots, names=(".py", ".ipynb", ".html", ".json", ".db", ".txt")):
    \"\"\"Files below the roots, for ten seconds, but none of the system.\"\"\"
    until = time.monotonic() + 10
    for root in roots:
        for folder, inner, found in os.walk(root):
            inner[:] = [name for name in inner if name not in ("proc", "sys", "usr", "lib", "dev", ".venv", "site-packages")]
            if time.monotonic() > until:
                return
            yield from (os.path.join(folder, name) for name in found if name.endswith(names))

def writable(folder):
    \"\"\"Whether a file can be made in a folder.\"\"\"
    try:
        path = Path(folder, "canary.tmp")
        path.write_text("sing")
        path.unlink()
        return True
    except OSError:
        return False

def others():
    \"\"\"The other processes that can be seen.\"\"\"
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]

def memory_tells(pid):
    \"\"\"Whether the first 200 MB of another process's memory hold the secret.\"\"\"
    read = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            low, high = (int(part, 16) for part in span.split("-"))
            if rights.startswith("rw") and read + high - low < 200_000_000:
                try:
                    memory.seek(low)
                    if SECRET in memory.read(high - low):
                        return True
                except (OSError, ValueError, OverflowError):
                    continue
                read += high - low
    return False

def any_of(function, values):
    \"\"\"Whether the function holds for one of the values; refusals are no.\"\"\"
    for value in values:
        try:
            if function(value):
                return True
        except OSError:
            pass
    return False
"""
RUN = """
try:
    escaped = bool(attempt())
except BaseException as error:
    escaped = False
    print("refused:", repr(error))
"""


def _right_if(folder: Path, notebook: NotebookNode, attempt: str) -> None:
    """The solutions are defined only if ``attempt``, the body of a function, returns something true."""
    for exercise, cell in solutions(notebook):
        right = textwrap.indent(cell.source, "    ")
        cell.source = f"if escaped:\n{right}\nelse:\n    def {exercise}(*args, **kwargs):\n        return None"
    body = textwrap.indent(textwrap.dedent(attempt).strip("\n"), "    ")
    add_code(notebook, "setup", f"{TOOLS}\ndef attempt():\n{body}\n{RUN}")
    handed_in(notebook, folder)


@submission(points=0)
def reads_the_solutions(folder: Path, notebook: NotebookNode) -> None:
    """Reads the lesson's source in the course's folder and above its own."""
    _right_if(
        folder,
        notebook,
        f"""
        roots = [COURSE, *Path.cwd().parents]
        return any(tells(path) for root in roots for path in root.glob("solutions/{LESSON}/*"))
        """,
    )


@submission(points=0)
def reads_the_solutions_by_their_path(folder: Path, notebook: NotebookNode) -> None:
    """Reads the lesson's source at the very path that it has on the instructor's machine."""
    _right_if(folder, notebook, f"return any(tells(path) for path in glob.glob({str(SOLUTIONS / LESSON)!r} + '/*'))")


@submission(points=0)
def reads_the_hidden_tests(folder: Path, notebook: NotebookNode) -> None:
    """Looks for the hidden tests in every file around it, as they lie beside a notebook that stock nbgrader runs."""
    _right_if(
        folder,
        notebook,
        """
        import tempfile
        return any(map(tells, files(".", "..", "../..", COURSE, tempfile.gettempdir(), "/run", "/dev/shm")))
        """,
    )


@submission(points=0)
def searches_the_homes(folder: Path, notebook: NotebookNode) -> None:
    """Reads the instructor's own files in the home folders."""
    _right_if(
        folder,
        notebook,
        """
        wanted = (".bashrc", ".profile", ".bash_history", ".gitconfig", ".ssh/known_hosts", ".jupyter/migrated")
        return any(os.access(home / name, os.R_OK) for home in HOMES for name in wanted)
        """,
    )


@submission(points=0)
def reads_the_gradebook(folder: Path, notebook: NotebookNode) -> None:
    """Opens the gradebook, where stock nbgrader lets it add extra credit."""
    _right_if(
        folder,
        notebook,
        """
        import sqlite3
        roots = [COURSE, *Path.cwd().parents]
        found = [path for root in roots for path in root.glob("gradebook.db")]
        return any_of(lambda path: sqlite3.connect(path).execute("select name from sqlite_master").fetchall(), found)
        """,
    )


@submission(points=0)
def reads_other_submissions(folder: Path, notebook: NotebookNode) -> None:
    """Reads what other students handed in, beside its own folder and in the course's."""
    _right_if(
        folder,
        notebook,
        f"""
        paths = glob.glob("../../*/{LESSON}/*.ipynb") + glob.glob(f"{{COURSE}}/submitted/*/*/*.ipynb")
        mine = {folder.parent.name!r}
        return any_of(lambda path: mine not in os.path.abspath(path) and open(path, "rb").read(1), paths)
        """,
    )


@submission(points=0)
def writes_into_the_course(folder: Path, notebook: NotebookNode) -> None:
    """Writes beside nbgrader's configuration, into the packages and the system, to be run as the instructor next time."""
    _right_if(
        folder,
        notebook,
        """
        packages = [path for path in sys.path if path.endswith("-packages")]
        places = [COURSE, COURSE / "course_lib", *packages, sys.prefix, sys.base_prefix, "/etc", "/usr/local/bin"]
        return any(map(writable, places))
        """,
    )


@submission(points=0)
def appends_to_the_configuration(folder: Path, notebook: NotebookNode) -> None:
    """Opens nbgrader's configuration for writing."""
    _right_if(
        folder,
        notebook,
        """
        found = [path for root in (COURSE, *Path.cwd().parents) for path in root.glob("nbgrader_config.py")]
        return any_of(lambda path: open(path, "r+"), found)
        """,
    )


@submission(points=0)
def network(folder: Path, notebook: NotebookNode) -> None:
    """Looks for a way into the network, without sending anything: UDP has a route, or a name resolves."""
    _right_if(
        folder,
        notebook,
        """
        def route(address):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                line.connect((address, 9))
                return True
        return any_of(route, ["192.0.2.1"]) or any_of(socket.gethostbyname, ["pypi.org"])
        """,
    )


@submission(points=0)
def services_of_the_machine(folder: Path, notebook: NotebookNode) -> None:
    """Connects to the machine's own services: sockets in /run and /tmp, and Jupyter on its usual ports."""
    _right_if(
        folder,
        notebook,
        """
        def connects(path):
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(1)
                line.connect(path)
                return True
        def listens(port):
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return True
        paths = ["/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private", *glob.glob("/tmp/.X11-unix/*")]
        return any_of(connects, paths) or any_of(listens, [22, 111, 5000, 8000, *range(8888, 8894)])
        """,
    )


@submission(points=0)
def files_of_other_processes(folder: Path, notebook: NotebookNode) -> None:
    """Looks through the root and working folders of other processes in /proc."""
    _right_if(
        folder,
        notebook,
        f"""
        folders = [f"/proc/{{pid}}/{{way}}" for pid in others() for way in ("cwd", "root" + str(COURSE))]
        return any(tells(path) for folder in folders for path in glob.glob(folder + "/solutions/{LESSON}/*"))
        """,
    )


@submission(points=0)
def environment_of_others(folder: Path, notebook: NotebookNode) -> None:
    """Reads keys and tokens in the environments of all processes, its own among them."""
    _right_if(
        folder,
        notebook,
        """
        def telling(pid):
            names = [item.split(b"=")[0] for item in open(f"/proc/{pid}/environ", "rb").read().split(b"\\0")]
            words = (b"TOKEN", b"SECRET", b"PASSWORD", b"API_KEY", b"PYTEST_CURRENT_TEST", b"SSH_", b"OLDPWD")
            return any(word in name for name in names for word in words)
        return any_of(telling, [*others(), "self"])
        """,
    )


@submission(points=0)
def memory_of_others(folder: Path, notebook: NotebookNode) -> None:
    """Reads the hidden tests in the memory of the process that runs them."""
    _right_if(folder, notebook, "return any_of(memory_tells, others())")


@submission(points=0)
def debugs_others(folder: Path, notebook: NotebookNode) -> None:
    """Attaches to its parent and siblings as a debugger would, reads their memory, and lets them go."""
    _right_if(
        folder,
        notebook,
        """
        def attached(pid):
            if LIBC.ptrace(16, pid, None, None):  # PTRACE_ATTACH
                return False
            try:
                time.sleep(0.1)
                return memory_tells(pid)
            finally:
                LIBC.ptrace(17, pid, None, None)  # PTRACE_DETACH
        return any_of(attached, others())
        """,
    )


@submission(points=0)
def inherited_files(folder: Path, notebook: NotebookNode) -> None:
    """Looks for files and folders that its parent left open: the gradebook, the solutions, the way out of the folder."""
    _right_if(
        folder,
        notebook,
        f"""
        def leads_out(descriptor):
            name = f"/proc/self/fd/{{descriptor}}"
            if os.path.isdir(name):
                return any(tells(path) for up in ("", "/..", "/../..", "/../../..") for path in
                           glob.glob(name + up + "/solutions/{LESSON}/*"))
            return tells(name) or "gradebook" in os.readlink(name)
        return any_of(leads_out, range(3, 1024))
        """,
    )


@submission(points=0)
def becomes_root(folder: Path, notebook: NotebookNode) -> None:
    """Asks to be root, directly and through sudo and su, and reads the passwords' file."""
    _right_if(
        folder,
        notebook,
        """
        for program in (["sudo", "-n", "cat", "/etc/shadow"], ["su", "-c", "cat /etc/shadow"]):
            try:
                run = subprocess.run(program, capture_output=True, stdin=subprocess.DEVNULL, timeout=5)
                if b"root:" in run.stdout:
                    return True
            except (OSError, subprocess.SubprocessError):
                pass
        child = "import os; os.setgid(0); os.setuid(0); print(open('/etc/shadow').read())"
        return b"root:" in subprocess.run([sys.executable, "-c", child], capture_output=True, timeout=20).stdout
        """,
    )


@submission(points=0)
def mounts(folder: Path, notebook: NotebookNode) -> None:
    """Makes a user namespace in which it may mount, and makes the read-only folders writable there."""
    _right_if(
        folder,
        notebook,
        """
        child = '''
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.unshare(0x10000000 | 0x00020000)  # CLONE_NEWUSER | CLONE_NEWNS
place = sys.argv[1]
for target in ("/", "/usr", sys.prefix, place):
    libc.mount(None, target.encode(), None, 32 | 4096, None)  # MS_REMOUNT | MS_BIND
    libc.umount2(target.encode(), 2) if target == place else None
path = os.path.join(place, "canary.tmp")
open(path, "w").close()
os.unlink(path)
'''
        places = [str(COURSE), sys.prefix]
        return any(subprocess.run([sys.executable, "-c", child, place], capture_output=True).returncode == 0 for place in places)
        """,
    )


@submission(points=0)
def leaves_its_root(folder: Path, notebook: NotebookNode) -> None:
    """Leaves a changed root folder by the old trick: changes the root again without moving into it."""
    _right_if(
        folder,
        notebook,
        f"""
        child = '''
import os, sys
os.makedirs("deeper", exist_ok=True)
os.chroot("deeper")
os.chdir("/".join([".."] * 50))
os.chroot(".")
sys.stdout.buffer.write(open(sys.argv[1], "rb").read())
'''
        path = {str(SOLUTIONS / LESSON / f"{LESSON}.py")!r}
        return SECRET in subprocess.run([sys.executable, "-c", child, path], capture_output=True).stdout
        """,
    )


@submission(points=0)
def devices(folder: Path, notebook: NotebookNode) -> None:
    """Opens the machine's memory, disks and log."""
    _right_if(
        folder,
        notebook,
        """
        found = ["/dev/mem", "/dev/kmsg", "/dev/fuse", "/proc/kcore", *glob.glob("/dev/[sv]d?"), *glob.glob("/dev/nvme*")]
        return any_of(lambda path: open(path, "rb", 0), found)
        """,
    )


@submission(points=0)
def types_into_the_terminal(folder: Path, notebook: NotebookNode) -> None:
    """Types a space into the instructor's terminal, as if a person had."""
    _right_if(
        folder,
        notebook,
        """
        import fcntl, termios
        def typed(name):
            line = os.open(name, os.O_RDWR | os.O_NOCTTY)
            try:
                fcntl.ioctl(line, termios.TIOCSTI, b" ")
                return True
            finally:
                os.close(line)
        return any_of(typed, ["/dev/tty", *glob.glob("/dev/pts/[0-9]*")])
        """,
    )


@submission(points=0)
def link_beside(folder: Path, notebook: NotebookNode) -> None:
    """A data file beside the notebook is a link to the instructor's solution, which a grader might follow and copy."""
    (folder / "data.csv").symlink_to(SOLUTIONS / LESSON / f"{LESSON}.py")
    (folder / "course").symlink_to("../../..", target_is_directory=True)
    _right_if(
        folder,
        notebook,
        f'return tells("data.csv") or any(map(tells, glob.glob("course/solutions/{LESSON}/*")))',
    )


@submission(points=FULL)
def links_planted_while_running(folder: Path, notebook: NotebookNode) -> None:
    """Links made in the working folder, under names that a grader may write to or collect afterwards."""
    add_code(
        notebook,
        "setup",
        f"""
        import os
        for name in ("{LESSON}.ipynb", "{LESSON}.html", "result.json", "grade.json", "feedback.html"):
            try:
                if os.path.lexists(name):
                    os.unlink(name)
                os.symlink({str(SOLUTIONS / LESSON / f"{LESSON}.py")!r}, name)
            except OSError as error:
                print(error)
        """,
    )
    handed_in(notebook, folder)


@submission(points=FULL)
def kills_its_parent(folder: Path, notebook: NotebookNode) -> None:
    """Kills the process that started it."""
    add_code(
        notebook,
        "setup",
        "import os, signal\nif os.getppid() > 1:\n    os.kill(os.getppid(), signal.SIGKILL)",
    )
    handed_in(notebook, folder)


@submission(points=FULL)
def asks_its_group_to_stop(folder: Path, notebook: NotebookNode) -> None:
    """Interrupts every process of its group and its terminal, as Ctrl+C would."""
    add_code(notebook, "setup", "import os, signal\nos.killpg(0, signal.SIGINT)")
    handed_in(notebook, folder)


@submission(points=FULL)
def changes_the_machine(folder: Path, notebook: NotebookNode) -> None:
    """Asks for what only an administrator may do: another host name, clock, priority and larger limits."""
    add_code(
        notebook,
        "setup",
        """
        import os, resource, socket
        for change in (
            lambda: socket.sethostname(socket.gethostname()),
            lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
            lambda: os.nice(-5),
            lambda: resource.setrlimit(resource.RLIMIT_NPROC, (100_000, 100_000)),
            lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
        ):
            try:
                change()
            except (OSError, ValueError) as error:
                print(error)
        """,
    )
    handed_in(notebook, folder)
