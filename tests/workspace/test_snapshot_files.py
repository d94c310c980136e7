"""What the folder of a workspace holds of the snapshots that are taken of the working directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.workspace import EmbeddedWorkspace, open_workspace


def test_the_snapshot_holds_the_working_directory(
    workspace: EmbeddedWorkspace, experiment: Any, working_directory: Path
) -> None:
    (working_directory / "train.py").write_text("print('hello')\n")
    (working_directory / "empty").touch()
    (working_directory / "sub folder").mkdir()
    (working_directory / "sub folder" / "ünï # ?.txt").write_bytes(b"\x00\xff" * 5000)
    run = experiment.start_logging()
    contents = [file.read_bytes() for file in (workspace.folder / "blobs").iterdir()]
    assert sorted(contents) == sorted([b"print('hello')\n", b"", b"\x00\xff" * 5000])
    assert run.get_snapshot_id()


def test_a_snapshot_leaves_the_workspace_itself_out(working_directory: Path) -> None:
    from azureml.core import Experiment

    with open_workspace("inside") as workspace:
        (working_directory / "train.py").write_text("1")
        for _ in range(2):
            Experiment(workspace.sdk, "contract").start_logging()
        assert [file.read_text() for file in (workspace.folder / "blobs").iterdir()] == ["1"]
    with open_workspace(".") as workspace:
        Experiment(workspace.sdk, "contract").start_logging()
        assert [file.read_text() for file in (workspace.folder / "blobs").iterdir()] == ["1"]


def test_a_second_snapshot_sends_what_is_new(
    workspace: EmbeddedWorkspace, experiment: Any, working_directory: Path
) -> None:
    (working_directory / "train.py").write_text("1")
    first = experiment.start_logging()
    second = experiment.start_logging()
    (working_directory / "more.py").write_text("2")
    third = experiment.start_logging()
    assert first.get_snapshot_id() == second.get_snapshot_id() != third.get_snapshot_id()
    assert sorted(file.read_text() for file in (workspace.folder / "blobs").iterdir()) == ["1", "2"]
