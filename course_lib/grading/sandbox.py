"""The bubblewrap sandbox in which everything of a submission runs.

Visible are the system's programs and libraries, this Python environment, ``course_lib`` and the fetched models, all
read-only; no network, no home, no gradebook, no solutions, no other submission. See SECURITY.md in this folder.
"""

from __future__ import annotations

import os
import shutil
import site
import sys
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.lessons import ROOT
from course_lib.models import cache_dir

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# Of /etc only what programs need to run: no passwords, keys, or names of machines.
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime", "timezone", "mime.types")
NOBODY = "65534"

INSTALL = (
    "Grading needs bubblewrap, which keeps students' code away from your files: `apt install bubblewrap` or `dnf "
    "install bubblewrap`. It exists for Linux only; elsewhere grade in a Linux container or virtual machine. "
    "--no-sandbox grades without it, at a risk that it names."
)
RISK = (
    "Every submission can read, change and send away whatever you can: other submissions, solutions, the gradebook, "
    "your own files. Use it for notebooks that you trust."
)


def command() -> list[str]:
    """The words that go before a command to run it in the sandbox. Raises CourseError if bubblewrap is missing."""
    bwrap = shutil.which("bwrap")
    if not bwrap:
        raise CourseError(INSTALL)
    apart = ["--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    always = ["--die-with-parent", "--new-session"]
    inside = ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/dev/shm", "--tmpfs", scratch()]
    inside += ["--remount-ro", "/dev", "--hostname", "grading", "--remount-ro", "/", "--"]
    if os.geteuid() != 0:
        return [bwrap, *always, *_visible(), *apart, *inside]
    # As root: the first bubblewrap, which may read everything, only lays out what is visible. Then root's rights are
    # given up for good, and the second one makes the namespaces. (In a namespace, root outside would stay root's user,
    # whose files it could read and whom the limit on processes does not hold.)
    lay_out = [bwrap, *always, *_visible(), "--dev-bind", "/dev", "/dev", "--bind", "/proc", "/proc"]
    give_up = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--bounding-set=-all"]
    # The layout's /dev and /proc are covered by the second one's own before anything runs.
    return [
        *lay_out, "--", *give_up, "--inh-caps=-all",
        "bwrap", *always, "--bind", "/", "/", *apart, *inside,
    ]  # fmt: skip


def scratch() -> str:
    """The one folder that can be written: /tmp, unless the course itself lies there."""
    return "/scratch" if any(place.startswith("/tmp/") for place in _places()) else "/tmp"


def _visible() -> list[str]:
    """bubblewrap's options for what can be read."""
    options = []
    for folder in ("/tmp", scratch()):  # bubblewrap itself needs a /tmp
        options += ["--perms", "0755", "--dir", folder]
    for system in map(Path, SYSTEM):
        if system.is_symlink():
            options += ["--symlink", str(system.readlink()), str(system)]
        elif system.is_dir():
            options += ["--ro-bind", str(system), str(system)]
    for name in ETC:
        options += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for place in _places():
        for parent in reversed(Path(place).parents[:-1]):  # bubblewrap would make them for root's eyes only
            options += ["--perms", "0755", "--dir", str(parent)]
        options += ["--ro-bind", place, place]
    return options


def _places() -> list[str]:
    """Python, its environment, the course's package and the models, as far as they lie outside the system's folders."""
    places: list[str] = []
    models = cache_dir() / "models"
    for folder in (sys.base_prefix, sys.prefix, *site.getsitepackages(), ROOT / "course_lib", models):
        place = str(Path(folder).resolve())
        if Path(place).is_dir() and not any(place == s or place.startswith(s + "/") for s in ("/usr", *places)):
            places.append(place)
    return places
