"""Real runs by the command: one that finds something, one that cannot begin, one that is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_samples import GOOD, harness, start, write
from pseudo_terminal import on_a_terminal

from harness.report.writing import read_report

# Each Python runs the entries themselves (see tox.ini), so these processes are needed on one of them only.
pytestmark = pytest.mark.once

# Ctrl-C at a fixed moment: pytest listens already, and no entry has been read yet.
STOPPED_EARLY = """
import os, signal
from harness.session import Session
Session.checks_of = lambda self, path: os.kill(os.getpid(), signal.SIGINT)
"""

WRONG = GOOD.replace("id: good", "id: wrong").replace(
    'log_metric("m", value)', 'log_metric("m", value + (value > 40))'
)

SLOW = GOOD.replace("id: good", "id: slow").replace(
    'log: mlflow.log_metric("m", value)',
    """log: |
      if value == 2:
          import pathlib, threading
          pathlib.Path(MARK).touch()
          threading.Event().wait(120)
      mlflow.log_metric("m", value)""",
)

DYING = GOOD.replace("id: good", "id: dying").replace(
    'log: mlflow.log_metric("m", value)',
    """log: |
      import os, pathlib
      if value == 2:
          try:
              pathlib.Path(MARK).touch(exist_ok=False)
          except FileExistsError:
              pass  # once is enough
          else:
              os._exit(7)
      mlflow.log_metric("m", value)""",
)

# The report's folder is full when the third of its files is written.
FULL_DISK = """
import errno, os, tempfile
tempfile.tempdir = TEMPORARY
real_open = os.open
def full(path, *arguments, **options):
    if str(path).startswith(FOLDER) and "index.html" in str(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return real_open(path, *arguments, **options)
os.open = full
"""

SHORT = ("--profile=dev", "--store=sqlite")

UNMADE = GOOD.replace("id: good", "id: unmade").replace("st.integers(0, 100)", "st.integers(100, 0)")


def test_what_is_unexplained_is_shown_once_and_ends_with_1(tmp_path: Path) -> None:
    write(tmp_path, "wrong", WRONG)
    arguments = ("--mapping=wrong", "--recipe=guide", *SHORT, "--report=made/here")
    code, said = harness(tmp_path, "run", "wrong.yaml", *arguments)
    assert code == 1, said
    assert "Traceback" not in said
    assert said.count("To see it with both clients, run this script:") == 1
    assert "input        value = 41" in said
    report = read_report(tmp_path / "made" / "here")
    assert [(verdict.recipe, verdict.verdict) for verdict in report.verdicts] == [("guide", "unexplained")]
    assert (tmp_path / "made" / "here" / "summary.md").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "wrong.yaml"]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_an_entry_whose_inputs_cannot_be_made_ends_with_2(tmp_path: Path, workers: str) -> None:
    write(tmp_path, "unmade", UNMADE)
    code, said = harness(tmp_path, "run", "unmade.yaml", "-n", workers)
    assert code == 2, said
    assert said.count("unmade.yaml:6:3: error[raised]: this raised InvalidArgument") == 1
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["unmade.yaml"]


def test_a_client_that_cannot_be_imported_ends_with_3(tmp_path: Path) -> None:
    write(tmp_path, "good", GOOD)
    (tmp_path / "parts" / "mlflow").mkdir(parents=True)
    (tmp_path / "parts" / "mlflow" / "__init__.py").write_text("raise AttributeError('half installed')\n")
    before = "import sys; sys.path.insert(0, 'parts')"
    code, said = harness(tmp_path, "run", "good.yaml", before=before)
    assert code == 3, said
    assert "mlflow cannot be imported: AttributeError: half installed" in said
    assert "Traceback" not in said


def wait_for(mark: Path, process: subprocess.Popen[Any]) -> None:
    """Waits until a recipe has come to where it makes a file, or the process has ended."""
    while not mark.exists() and process.poll() is None:
        time.sleep(0.05)


def group_ends(process: subprocess.Popen[Any], seconds: float = 30) -> bool:
    """Whether every process of a group ends in so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_run_that_is_terminated_leaves_a_whole_report(tmp_path: Path) -> None:
    mark = tmp_path / "in-the-middle"
    write(tmp_path, "slow", SLOW.replace("MARK", repr(str(mark))))
    process = start(tmp_path, "run", "slow.yaml", "--recipe=guide", *SHORT, "--report=report")
    wait_for(mark, process)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 143, said
    assert "Traceback" not in said
    report = read_report(tmp_path / "report")
    assert report.footer is not None
    assert not report.footer.complete
    outcomes = {f"{result.kind} {result.id}": result.outcome for result in report.results}
    assert outcomes == {
        "example 1-ticking": "passed",
        "example 1-stopped": "passed",
        "example 2-ticking": "skipped",
        "example 2-stopped": "skipped",
        "property property": "skipped",
        "sensitivity sensitivity": "skipped",
    }
    assert [verdict.verdict for verdict in report.verdicts] == ["not-verified"]
    assert "The run was stopped before its end." in said
    assert said.endswith("exit 143: stopped by a signal; 2 of 6 checks had been done\n")


def test_ctrl_c_on_a_terminal_ends_workers_and_gives_the_terminal_back(tmp_path: Path) -> None:
    mark = tmp_path / "in-the-middle"
    write(tmp_path, "slow", SLOW.replace("MARK", repr(str(mark))))
    arguments = ("run", "slow.yaml", "--recipe=guide", *SHORT, "-n2", "--report=report")
    process, shown = on_a_terminal(tmp_path, *arguments, when=lambda started: wait_for(mark, started))
    assert process.returncode == 130, shown
    assert group_ends(process)
    assert "importing the clients" in shown
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1
    drawn, _, after = shown.partition("\x1b[?25h")
    assert "slow, guide on sqlite: example 2-" in drawn
    assert "not-verified" in after
    assert "Traceback" not in shown
    report = read_report(tmp_path / "report")
    assert report.footer is not None
    assert not report.footer.complete
    assert len(report.results) == 6
    assert {path.name for path in (tmp_path / "report").iterdir()} >= {"report.json", "summary.md"}
    assert not [path for path in (tmp_path / "report").iterdir() if path.suffix == ".tmp"]


def test_a_worker_that_dies_is_an_error_and_a_full_disk_costs_no_report(tmp_path: Path) -> None:
    mark, temporary = tmp_path / "died-once", tmp_path / "temporary"
    temporary.mkdir()
    write(tmp_path, "dying", DYING.replace("MARK", repr(str(mark))))
    before = FULL_DISK.replace("FOLDER", repr(str(tmp_path / "report"))).replace(
        "TEMPORARY", repr(str(temporary))
    )
    arguments = ("run", "dying.yaml", "--recipe=guide", *SHORT, "-n2", "--report", str(tmp_path / "report"))
    code, said = harness(tmp_path, *arguments, before=before)
    assert code == 3, said
    assert said.count("could not be run (error): the worker process died in this check") == 1
    assert "dying on sqlite: 5 passed, 1 error (6 of 6 checks)" in said
    assert f"cannot write {tmp_path / 'report' / 'index.html'}: No space left on device" in said
    assert list((tmp_path / "report").iterdir()) == []
    died = said.partition("dying, guide on sqlite: example ")[2].partition(" ")[0]
    (kept,) = temporary.glob("harness-report-*")
    assert f"The report of this run is in {kept} instead" in said
    assert [result.id for result in read_report(kept).results if result.outcome == "error"] == [died]
    assert said.endswith("exit 3: the report could not be written where it was to be\n")
    assert "dying     guide    unexplained" in said


def test_a_disk_that_gets_full_during_the_run_is_no_finding(
    tmp_path: Path, small_disk: Callable[[str], Path]
) -> None:
    write(tmp_path, "good", GOOD)
    folder = small_disk("2500k")
    before = f"import os; os.environ['TMPDIR'] = {str(folder)!r}"
    code, said = harness(tmp_path, "run", "good.yaml", *SHORT, "--report=report", before=before)
    assert code == 3, said
    assert "Traceback" not in said
    assert "unexplained" not in said
    assert f"cannot write temporary files to {folder}" in " ".join(said.split())
    assert {result.skipped_because for result in read_report(tmp_path / "report").results} >= {"unreachable"}
    assert list(folder.iterdir()) == []


def test_a_run_that_is_stopped_before_it_has_a_plan_says_that_there_is_no_report(tmp_path: Path) -> None:
    write(tmp_path / "specs", "good", GOOD)
    code, said = harness(tmp_path, "run", "-q", "--report", "out", before=STOPPED_EARLY)
    assert (code, said) == (130, "stopped before anything was planned, so there is no report\n")
