"""Larger classes: a Dask cluster that loses a worker, and a gradebook in PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from course_lib.errors import CourseError
from course_lib.grading import batch, records
from course_lib.grading.grader import Outcome, Settings
from tests.submissions import FULL, LESSON
from tests.test_grading import Canned, a_class
from tests.test_lab import free_port
from tests.test_submissions import why_no_sandbox


def test_a_cluster_that_loses_a_worker_loses_nothing_and_grades_nothing_twice(lesson, solved, tmp_path):
    distributed = pytest.importorskip("distributed", reason="needs the optional package distributed")
    a_class(tmp_path, 12, solved)
    done: Counter[str] = Counter()
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        settings = Settings(sandbox=not why_no_sandbox())
        with closing(batch.Cluster(lesson, settings, cluster.scheduler_address)) as pool:
            workers = pool.client.run(os.getpid)

            def on_done(record, *_):
                done[record.student] += 1
                if sum(done.values()) == 4:
                    os.kill(next(iter(workers.values())), signal.SIGKILL)

            summary = batch.grade(lesson, tmp_path, pool, on_done=on_done)
            after = pool.client.run(os.getpid)
    assert set(workers.values()) - set(after.values())  # one was lost
    assert set(done.values()) == {1}
    assert [record.points for record in summary.records] == [0.0] + [FULL] * 11
    assert summary.records == tuple(sorted(records.load(tmp_path, LESSON).values(), key=lambda record: record.student))


def test_where_no_scheduler_answers_it_says_so(lesson):
    pytest.importorskip("distributed", reason="needs the optional package distributed")
    with pytest.raises(CourseError, match="No Dask scheduler"):
        batch.Cluster(lesson, Settings(), f"tcp://127.0.0.1:{free_port()}", answer_seconds=1.0)


@pytest.fixture
def postgres(tmp_path):
    """The URL of an empty database in a server of the test's own."""
    pytest.importorskip("psycopg", reason="needs the optional package psycopg")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(p) for p in [shutil.which("initdb")] if p]
    if not found:
        pytest.skip("needs a PostgreSQL server's programs")
    programs, data = found[-1].parent, tmp_path / "postgres"
    as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    data.mkdir()
    if as_user:  # PostgreSQL refuses to run as root
        for folder in (data, *tmp_path.parents[:2], tmp_path):
            folder.chmod(0o755)
        os.chown(data, 65534, 65534)
    port = free_port()
    subprocess.run(
        [*as_user, programs / "initdb", "-D", data, "-U", "teacher", "-A", "trust"],
        check=True,
        capture_output=True,
        cwd="/",
    )
    options = ["-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}"]
    server = subprocess.Popen([*as_user, programs / "postgres", *options], stderr=subprocess.DEVNULL, cwd="/")
    try:
        ends = time.monotonic() + 60
        ready = [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port)]
        while subprocess.run(ready, capture_output=True, check=False).returncode:
            assert time.monotonic() < ends, "the server did not start"
            time.sleep(0.1)
        subprocess.run(
            [programs / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "teacher", "grades"], check=True
        )
        yield f"postgresql+psycopg://teacher@127.0.0.1:{port}/grades"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def test_the_gradebook_may_be_in_postgresql(postgres, lesson, solved, tmp_path):
    notebook = json.loads(json.dumps(dict(solved)))
    root = tmp_path / "class"
    a_class(root, 3, solved)
    canned = Canned(Outcome(notebook=notebook))
    first = batch.grade(lesson, root, canned, database=postgres)
    again = batch.grade(lesson, root, canned, database=postgres)
    assert [(record.status, record.max_points) for record in first.records] == [
        ("failed", 0),
        ("graded", FULL),
        ("graded", FULL),
    ]
    assert again.now == 0
    assert not (root / "gradebook.db").exists()


def test_a_database_that_cannot_be_reached_is_named(lesson, solved, tmp_path):
    a_class(tmp_path, 1, solved)
    with pytest.raises(CourseError, match="cannot be opened") as told:
        batch.grade(
            lesson, tmp_path, Canned(Outcome(problem="x")), database="postgresql+psycopg://nobody@127.0.0.1:1/none"
        )
    assert "secret" not in str(told.value)
