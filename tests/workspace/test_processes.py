"""Several processes on one folder, and a process that dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
