"""What is printed in the block of a run: SDK v1 captures it in a file and uploads that, as it grows, as a log file."""

# ruff: noqa: T201

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

LOG = "logs/user_log.txt"


def log_of(run: Any, folder: Path) -> str:
    """The captured output, as the service has it."""
    run.download_file(LOG, str(folder / run.id))
    return (folder / run.id).read_text()


def test_what_is_printed_in_the_block_of_a_run_is_its_log(experiment: Any, tmp_path: Path) -> None:
    with experiment.start_logging(snapshot_directory=None) as run:
        print("to the output")
        print("to the errors \u00e9", file=sys.stderr)
        run.log("m", 1)
        assert run.get_status() == "Running"
    assert run.get_status() == "Completed"
    assert run.get_metrics() == {"m": 1}
    assert run.get_file_names() == [LOG]
    assert log_of(run, tmp_path) == "to the output\nto the errors \u00e9\n"
    assert list(run.get_details()["logFiles"]) == [LOG]
    assert run.get_details_with_logs()["logFiles"] == {LOG: "to the output\nto the errors \u00e9\n"}


def test_a_child_has_a_log_of_its_own(experiment: Any, tmp_path: Path) -> None:
    with experiment.start_logging(snapshot_directory=None) as run, run.child_run() as child:
        print("of the child")
        child.log("m", 1)
    assert (run.get_status(), child.get_status()) == ("Completed", "Completed")
    assert (run.get_metrics(), child.get_metrics()) == ({}, {"m": 1})
    assert log_of(child, tmp_path) == "of the child\n"
    # Both write to one file of the working directory, and the output of the inner block passes through the outer.
    assert "of the child\n" in log_of(run, tmp_path)


def test_children_one_after_the_other(experiment: Any, tmp_path: Path) -> None:
    with experiment.start_logging(snapshot_directory=None) as run:
        children = []
        for number in range(2):
            with run.child_run() as child:
                print(f"child {number}")
            assert (child.get_status(), run.get_status()) == ("Completed", "Running")
            children.append(child)
    assert [child.id for child in run.get_children()] == [child.id for child in reversed(children)]
    assert "child 1" in log_of(children[1], tmp_path)


def test_the_log_of_a_run_that_fails_says_where(experiment: Any, tmp_path: Path) -> None:
    with pytest.raises(KeyError), experiment.start_logging(snapshot_directory=None) as run:
        print("before")
        raise KeyError("lost")
    assert run.get_status() == "Failed"
    assert "KeyError" in run.get_details()["error"]["error"]["message"]
    log = log_of(run, tmp_path)
    assert log.startswith("before\n")
    assert "raise KeyError" in log


def test_a_run_whose_block_is_left_by_exit_stays_running(experiment: Any, tmp_path: Path) -> None:
    """The client swallows the exit, and says nothing to the service."""
    with experiment.start_logging(snapshot_directory=None) as run:
        print("before")
        sys.exit(0)
    assert run.get_status() == "Running"
    assert log_of(run, tmp_path).startswith("before\n")


def test_a_run_whose_block_is_left_by_a_failing_exit_fails(experiment: Any) -> None:
    with pytest.raises(SystemExit), experiment.start_logging(snapshot_directory=None) as run:
        sys.exit(3)
    assert run.get_status() == "Failed"


def test_a_log_of_several_megabytes_is_whole(experiment: Any, tmp_path: Path) -> None:
    line = "x" * 99
    with experiment.start_logging(snapshot_directory=None) as run:
        for _ in range(60_000):
            print(line)
    assert log_of(run, tmp_path) == f"{line}\n" * 60_000


def test_other_files_in_the_folder_of_logs_are_uploaded_too(experiment: Any, tmp_path: Path) -> None:
    with experiment.start_logging(snapshot_directory=None) as run:
        Path("logs/sub").mkdir()
        Path("logs/sub/own.log").write_text("own")
    assert sorted(run.get_file_names()) == ["logs/sub/own.log", LOG]
    run.download_file("logs/sub/own.log", str(tmp_path / "own"))
    assert (tmp_path / "own").read_text() == "own"


def test_a_name_that_is_taken_does_not_stop_the_run(experiment: Any, tmp_path: Path) -> None:
    """The client then uploads nothing of what is captured, and does not say so."""
    run = experiment.start_logging(snapshot_directory=None)
    run.upload_file(LOG, io.BytesIO(b"by hand"))
    with run:
        print("captured")
    assert run.get_status() == "Completed"
    assert log_of(run, tmp_path) == "by hand"
