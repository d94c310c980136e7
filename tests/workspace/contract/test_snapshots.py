"""Snapshots of source folders: taken with a run or by hand, and restored."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def bare_run(experiment: Any) -> Any:
    """A run without a snapshot."""
    return experiment.start_logging(snapshot_directory=None)


def restored(run: Any, folder: Path, snapshot_id: str | None = None) -> dict[str, bytes]:
    """The files of an archive by their names in it."""
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(run.restore_snapshot(snapshot_id, str(folder))) as archive:
        archive.extractall(folder / "unpacked")
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


FILES = {"train.py": b"print('hello')\n", "empty": b"", "sub folder/deep/\u00fc # ?%41.bin": bytes(5000)}


def write_files(folder: Path) -> None:
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def test_a_snapshot_is_restored(experiment: Any, working_directory: Path, tmp_path: Path) -> None:
    write_files(working_directory)
    run = experiment.start_logging()
    path = run.restore_snapshot(path=str(tmp_path))
    assert Path(path) == tmp_path / f"{run.get_snapshot_id()}.zip"
    assert restored(run, tmp_path / "out") == FILES
    unpacked = tmp_path / "out" / "unpacked" / "train.py"
    assert unpacked.read_bytes() == FILES["train.py"]


def test_a_snapshot_is_taken_by_hand(bare_run: Any, tmp_path: Path) -> None:
    write_files(tmp_path / "project")
    assert bare_run.get_snapshot_id() is None
    snapshot_id = bare_run.take_snapshot(str(tmp_path / "project"))
    assert bare_run.get_snapshot_id() == snapshot_id
    assert restored(bare_run, tmp_path / "out") == FILES
    assert restored(bare_run, tmp_path / "again") == FILES


def test_a_run_has_one_snapshot(bare_run: Any, tmp_path: Path) -> None:
    from azureml.exceptions import SnapshotException

    write_files(tmp_path / "project")
    bare_run.take_snapshot(str(tmp_path / "project"))
    with pytest.raises(SnapshotException, match="already has one"):
        bare_run.take_snapshot(str(tmp_path / "project"))


def test_a_later_snapshot_has_what_an_earlier_one_sent(
    experiment: Any, working_directory: Path, tmp_path: Path
) -> None:
    write_files(working_directory)
    first = experiment.start_logging()
    (working_directory / "train.py").write_bytes(b"changed")
    (working_directory / "empty").unlink()
    (working_directory / "new").write_bytes(b"new")
    second = experiment.start_logging()
    (working_directory / "train.py").write_bytes(FILES["train.py"])
    third = experiment.start_logging()
    deep = next(name for name in FILES if "/" in name)
    assert restored(third, tmp_path / "3") == {
        "train.py": FILES["train.py"],
        "new": b"new",
        deep: FILES[deep],
    }
    assert restored(second, tmp_path / "2") == {"train.py": b"changed", "new": b"new", deep: FILES[deep]}
    assert restored(first, tmp_path / "1") == FILES
    assert restored(third, tmp_path / "of another", first.get_snapshot_id()) == FILES


def test_a_snapshot_of_a_file(bare_run: Any, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_bytes(b"one file")
    bare_run.take_snapshot(str(tmp_path / "train.py"))
    (content,) = restored(bare_run, tmp_path / "out").values()
    assert content == b"one file"


def test_a_snapshot_that_is_not_there(bare_run: Any, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="404"):
        bare_run.restore_snapshot("00000000-0000-4000-8000-000000000000", str(tmp_path))
    assert list(tmp_path.glob("*.zip")) == []
