"""A process that has imported what a lesson needs, and forks: each fork grades one submission.

Imports are most of the time that a submission takes (torch alone seconds), and a fork has them at once. A fork for a
student's code first leaves for namespaces of its own (https://man7.org/linux/man-pages/man7/namespaces.7.html): it sees
no other process, and gets an empty scratch folder. The server itself runs no student code.

Run as ``python -m course_lib.grading.fork_server FD``; the other end of FD is a ``ForkServer``.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from course_lib.errors import CourseError
from course_lib.grading.link import Link

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x08000000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 0x2, 0x4, 0x4000, 0x40000
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
START_SECONDS = 180.0


@dataclass(frozen=True)
class Limits:
    """What one process of a student may use: bytes, processes (threads count; 0 is no limit), seconds of processor."""

    memory: int = 2 * 2**30
    scratch: int = 64 * 2**20
    file_size: int = 64 * 2**20
    processes: int = 48
    open_files: int = 256
    cpu_seconds: int = 900


class ForkServer:
    """The side of the grader: starts the server by a command, and forks of it."""

    def __init__(
        self,
        command: Sequence[str],
        role: str,
        warm: Sequence[str],
        isolate: bool,
        limits: Limits,
        scratch: str = "/tmp",
    ) -> None:
        """``role`` is "student" or "judge"; ``warm`` is code of the instructor's that is run before the first fork, for
        its imports; ``isolate``: whether forks leave for namespaces of their own; ``scratch``: their folder.

        Raises CourseError if the server does not start.
        """
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": scratch,
            "TMPDIR": scratch,
            "LANG": "C.UTF-8",
            "TZ": os.environ.get("TZ", ""),
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MPLBACKEND": "Agg",
            "HF_HUB_OFFLINE": "1",
            "IPYTHONDIR": f"{scratch}/.ipython",
            "MPLCONFIGDIR": f"{scratch}/.matplotlib",
            "COURSE_SCOREBOARD": f"{scratch}/scoreboard.json",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  (open as long as the server)
        self.process = subprocess.Popen(
            [*command, sys.executable, "-I", "-m", "course_lib.grading.fork_server", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.errors,
            cwd="/",
        )
        theirs.close()
        self.control.settimeout(START_SECONDS)
        try:
            first = {"role": role, "warm": list(warm), "isolate": isolate, "limits": asdict(limits)}
            told = self.ask(first)
        except (EOFError, TimeoutError, OSError):
            self.process.kill()
            self.errors.seek(0)
            words = self.errors.read()[-600:]
            raise CourseError(
                "The process that should grade did not start: "
                + (words.decode(errors="replace").strip() or "it said nothing")
            ) from None
        self.isolates = bool(told["isolates"])

    def ask(self, message: dict[str, Any], *sockets: socket.socket) -> dict[str, Any]:
        """Send a message with sockets to hand over, and return the answer. Raises EOFError if the server is gone."""
        socket.send_fds(self.control, [json.dumps(message).encode()], [s.fileno() for s in sockets])
        answer = self.control.recv(65536)
        if not answer:
            raise EOFError
        return json.loads(answer)

    def start(self, *sockets: socket.socket) -> int:
        """Fork; the fork gets the sockets. Returns its process number in the server's own namespace."""
        process = int(self.ask({"do": "start"}, *sockets)["process"])
        if process <= 0:
            raise RuntimeError("the system made no process")
        return process

    def interrupt(self, process: int) -> None:
        """Send a fork SIGINT, as Ctrl+C does."""
        self.ask({"do": "interrupt", "process": process})

    def end(self, process: int) -> None:
        """Kill a fork and all that it has started."""
        self.ask({"do": "end", "process": process})

    def close(self) -> None:
        """Kill the server and its forks."""
        self.control.close()
        self.process.kill()
        self.process.wait()
        self.errors.close()


def main() -> None:
    """The server: import, then fork on demand, until the grader hangs up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    _libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    first, _ = _receive(control)
    space: dict[str, Any] = {"__name__": "warm"}
    for code in first["warm"]:
        with suppress(Exception):  # a lesson that imports what is not here will say so itself
            exec(code, space)
    space.clear()
    from course_lib.grading import judge, student  # noqa: F401  (every fork needs one of the two)
    from course_lib.grading.shell import make_shell

    shell = make_shell()
    limits = Limits(**first["limits"])
    isolates = first["isolate"] and _can_isolate(limits)
    _send(control, {"isolates": isolates})
    while True:
        message, sockets = _receive(control)
        if message.get("do") == "start":
            try:
                process = _fork(control, isolates, limits, first["role"], shell, sockets)
            except OSError:
                process = -1
            for each in sockets:
                each.close()
            _send(control, {"process": process})
            continue
        number = signal.SIGKILL if message["do"] == "end" else signal.SIGINT
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(message["process"], number)
            if number == signal.SIGKILL:
                with suppress(ProcessLookupError):  # what it has left running, if it has no namespace that ends with it
                    os.killpg(message["process"], number)
                os.waitpid(message["process"], 0)
        _send(control, {})


def _receive(control: socket.socket) -> tuple[dict[str, Any], list[socket.socket]]:
    data, descriptors, _, _ = socket.recv_fds(control, 1 << 20, 4)
    if not data:
        os._exit(0)
    return json.loads(data), [socket.socket(fileno=fd) for fd in descriptors]


def _send(control: socket.socket, message: dict[str, Any]) -> None:
    control.send(json.dumps(message).encode())


def _fork(
    control: socket.socket, isolates: bool, limits: Limits, role: str, shell: Any, sockets: list[socket.socket]
) -> int:
    """Fork the process that serves; with ``isolates`` as the first one of a new process namespace."""
    if not isolates:
        return os.fork() or _serve(control, limits, role, shell, sockets)
    read, write = os.pipe()
    between = os.fork()
    if not between:
        try:
            _leave()
            inner = os.fork()
            if inner:
                os.write(write, str(inner).encode())
                os._exit(0)  # the server, as subreaper, becomes the inner process's parent
            os.close(read)
            os.close(write)
            _settle(limits)
            _serve(control, limits, role, shell, sockets)
        finally:
            os._exit(1)
    os.close(write)
    told = os.read(read, 20)
    os.close(read)
    os.waitpid(between, 0)
    return int(told or -1)


def _serve(control: socket.socket, limits: Limits, role: str, shell: Any, sockets: list[socket.socket]) -> int:
    """What a fork does; it never returns."""
    try:
        os.setsid()
        control.close()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nowhere, standard)
        with suppress(OSError):
            os.chdir(os.environ["TMPDIR"])
        if role == "student":
            _limit(limits)
            from course_lib.grading.student import serve

            serve(Link(sockets[0]), shell)
        else:
            _limit_memory(2 * limits.memory)  # of what a student's process may send
            from course_lib.grading.judge import serve as serve_judge

            serve_judge(Link(sockets[0]), sockets[1], shell)
    finally:
        os._exit(0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _system(done: int, what: str) -> None:
    if done != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _leave() -> None:
    """Leave for new user, mount, process and IPC namespaces, as the same user without rights outside them."""
    user, group = os.getuid(), os.getgid()
    _system(_libc().unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _settle(limits: Limits) -> None:
    """In the new namespaces: an own /proc and empty scratch folders; then no more rights, and no more namespaces."""
    libc = _libc()

    def mount(kind: bytes, where: bytes, options: bytes | None) -> None:
        _system(libc.mount(kind, where, kind, ctypes.c_ulong(MS_NOSUID | MS_NODEV), options), f"mount {where.decode()}")

    _system(libc.mount(None, b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None), "mount /")
    mount(b"proc", b"/proc", None)
    mount(b"tmpfs", os.environ["TMPDIR"].encode(), f"size={limits.scratch},mode=700".encode())
    mount(b"tmpfs", b"/dev/shm", b"size=16m,mode=700")
    with suppress(OSError):
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    _system(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3 of capset(2), this process
    _system(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def _can_isolate(limits: Limits) -> bool:
    """Whether this system lets a fork have namespaces of its own (some forbid it to all but bubblewrap itself)."""
    child = os.fork()
    if not child:
        try:
            _leave()
            inner = os.fork()
            if not inner:
                _settle(limits)
                os._exit(0)
            os._exit(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1]))
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _limit_memory(most: int) -> None:
    """Let this process take ``most`` bytes of address space on top of what the server itself uses."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _set_limit(resource.RLIMIT_AS, used + most)


def _set_limit(kind: int, most: int) -> None:
    """Lower a limit for good; one that is lower already stays."""
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))


def _limit(limits: Limits) -> None:
    """Set the limits of this process and of those it starts."""
    _limit_memory(limits.memory)
    with suppress(OSError):  # if the machine runs out of memory, this is what ends first
        Path("/proc/self/oom_score_adj").write_text("1000")
    wanted = {
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_CORE: 0,
    }
    if limits.processes:
        wanted[resource.RLIMIT_NPROC] = limits.processes
    for kind, most in wanted.items():
        _set_limit(kind, most)


if __name__ == "__main__":
    main()
