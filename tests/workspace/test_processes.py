"""Several processes on one folder, and a process that dies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lengths import size

from harness.workspace import open_workspace

ROOT = Path(__file__).parents[2]

WRITE = """
import sys
from harness.workspace import open_workspace
with open_workspace(sys.argv[1]) as workspace:
    from azureml.core import Experiment
    print("ready", flush=True)
    sys.stdin.readline()
    experiment = Experiment(workspace.sdk, "shared")
    for number in range(15):
        run = experiment.start_logging(run_id=f"{sys.argv[2]}-{number}")
        run.log_list("m", [number, number + 0.5])
        run.complete()
"""

DIE = """
import os, sys
from harness.workspace import open_workspace
with open_workspace(sys.argv[1]) as workspace:
    from azureml.core import Experiment
    run = Experiment(workspace.sdk, "shared").start_logging(run_id="dies", _batch_upload_metrics=False)
    for number in range(50):
        run.log("m", number)
        run.flush()
        print(number, flush=True)
    os.kill(os.getpid(), 9)
"""


SHARE = """
import io, sys
from harness.workspace import open_workspace
with open_workspace(sys.argv[1]) as workspace:
    from azureml.core import Run
    print("ready", flush=True)
    sys.stdin.readline()
    run, name = Run.get(workspace.sdk, "shared"), sys.argv[2]
    for number in range(30):
        run.log("both", number)
        run.log(name, number)
        run.flush()
        run.tag(f"{name}{number % 20}", str(number))
        run.upload_file(f"{name}/{number}.txt", io.BytesIO(f"{name}{number}".encode()))
"""

# Forks a child for each folder that it is told, which takes a fraction of what a process of its own would.
WRITE_UNTIL_KILLED = """
import io, os, sys
from harness.workspace import open_workspace
import azureml.core, azureml.core.run
def write(folder):
    with open_workspace(folder) as workspace:
        experiment = azureml.core.Experiment(workspace.sdk, "shared")
        run = experiment.start_logging(run_id="dies", _batch_upload_metrics=False, snapshot_directory=None)
        print(os.getpid(), flush=True)
        for number in range(1000):
            kind = ("metric", "tag", "artifact", "child", "list")[number % 5]
            if kind == "metric":
                run.log("m", number)
                run.flush()
            elif kind == "list":
                run.log_list("l", [number] * 10)
                run.flush()
            elif kind == "tag":
                run.tag(f"t{number % 40}", str(number))
            elif kind == "child":
                run.child_run(run_id=f"child-{number}").complete()
            else:
                run.upload_file(f"files/{number}.txt", io.BytesIO(str(number).encode() * 1000))
            print(kind, number, flush=True)
        print("done", flush=True)
    os._exit(0)
for folder in sys.stdin:
    if not (pid := os.fork()):
        write(folder.rstrip())
    os.waitpid(pid, 0)
    print("ended", flush=True)
"""


def spawn(code: str, cwd: Path, *args: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, *args],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_write_at_once_and_nothing_is_lost(folder: Path, tmp_path: Path) -> None:
    from azureml.core import Run

    writers = []
    for name in ("a", "b"):
        cwd = tmp_path / f"cwd-{name}"
        cwd.mkdir()
        writers.append(spawn(WRITE, cwd, str(folder), name))
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n", writer.communicate()[1]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors
    numbers = set()
    with open_workspace(folder) as workspace:
        for name in ("a", "b"):
            for number in range(15):
                run = Run.get(workspace.sdk, f"{name}-{number}")
                assert run.get_status() == "Completed"
                assert run.get_metrics() == {"m": [number, number + 0.5]}
                numbers.add(run.number)
    assert len(numbers) == 30


def test_what_was_acknowledged_survives_the_death_of_the_process(folder: Path, tmp_path: Path) -> None:
    from azureml.core import Run

    writer = spawn(DIE, tmp_path, str(folder))
    printed, _ = writer.communicate(timeout=120)
    acknowledged = [int(line) for line in printed.split()]
    assert acknowledged == list(range(50))
    with open_workspace(folder) as workspace:
        assert Run.get(workspace.sdk, "dies").get_metrics() == {"m": acknowledged}


@pytest.mark.once
def test_two_processes_write_to_one_run(folder: Path, tmp_path: Path) -> None:
    from azureml.core import Experiment, Run

    with open_workspace(folder) as workspace:
        Experiment(workspace.sdk, "shared").start_logging(run_id="shared", snapshot_directory=None)
    writers = [spawn(SHARE, tmp_path, str(folder), name) for name in "ab"]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n", writer.communicate()[1]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors
    with open_workspace(folder) as workspace:
        run = Run.get(workspace.sdk, "shared")
        metrics = run.get_metrics()
        assert (metrics["a"], metrics["b"]) == (list(range(30)), list(range(30)))
        assert sorted(metrics["both"]) == sorted([*range(30), *range(30)])
        tags = {f"{name}{number % 20}": str(number) for name in "ab" for number in range(30)}
        assert {key: value for key, value in run.get_tags().items() if key in tags} == tags
        assert sorted(run.get_file_names()) == sorted(
            f"{name}/{number}.txt" for name in "ab" for number in range(30)
        )
        for name in "ab":
            run.download_file(f"{name}/29.txt", str(tmp_path / name))
            assert (tmp_path / name).read_text() == f"{name}29"


def acknowledged_before_death(
    writer: subprocess.Popen[str], folder: Path, moment: random.Random
) -> Iterator[str]:
    """What a child says until it is killed, at some moment in its thousand writes, and what it had said by then."""
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write(f"{folder}\n")
    writer.stdin.flush()
    child = int(writer.stdout.readline())
    for _ in range(moment.randrange(1, 950)):
        line = writer.stdout.readline()
        if line in ("", "ended\n"):
            writer.kill()
            pytest.fail(f"the child ended by itself: {writer.communicate()[1]}")
        yield line
    time.sleep(moment.random() / 100)
    os.kill(child, signal.SIGKILL)
    yield from iter(writer.stdout.readline, "ended\n")


@pytest.mark.once
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_any_moment_the_folder_opens_again_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    writer = spawn(WRITE_UNTIL_KILLED, tmp_path)
    try:
        for number in range(size(3, 20)):
            folder = tmp_path / f"folder-{number}"
            said = list(acknowledged_before_death(writer, folder, random.Random(number)))
            assert "done\n" not in said
            check_acknowledged(folder, [line.split() for line in said], tmp_path / "downloaded")
    finally:
        writer.kill()
        writer.communicate()


def check_acknowledged(folder: Path, said: list[list[str]], download: Path) -> None:
    """All that was acknowledged is there, and besides that one write at most: the one that was on its way."""
    from azureml.core import Run

    by_kind: dict[str, list[int]] = {kind: [] for kind in ("metric", "tag", "artifact", "child", "list")}
    for kind, number in said:
        by_kind[kind].append(int(number))
    following = len(said)
    with open_workspace(folder) as workspace:
        run = Run.get(workspace.sdk, "dies")
        metrics = run.get_metrics()
        points = metrics.get("m", [])
        assert ([points] if isinstance(points, int) else points) in (
            by_kind["metric"],
            [*by_kind["metric"], following],
        )
        # A list is one request: all of it, or nothing.
        assert metrics.get("l", []) in (
            [number for number in numbers for _ in range(10)]
            for numbers in (by_kind["list"], [*by_kind["list"], following])
        )
        tags = run.get_tags()
        for number in by_kind["tag"]:
            assert int(tags[f"t{number % 40}"]) >= number
        files = {f"files/{number}.txt" for number in by_kind["artifact"]}
        assert files <= set(run.get_file_names()) <= files | {f"files/{following}.txt"}
        for number in by_kind["artifact"][-3:]:
            run.download_file(f"files/{number}.txt", str(download))
            assert download.read_text() == str(number) * 1000
        children = {child.id: child.get_status() for child in run.get_children()}
        assert {f"child-{number}" for number in by_kind["child"]} <= children.keys()
        assert all(children[f"child-{number}"] == "Completed" for number in by_kind["child"])
        run.log("after", 1)
        run.flush()
        assert run.get_metrics("after") == {"after": 1}
