"""Which files a run has, and which of them are its logs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any


def test_a_new_run_has_no_files(run: Any) -> None:
    assert run.get_file_names() == []
    assert run.get_details()["logFiles"] == {}


def test_files_are_listed_by_their_names(run: Any) -> None:
    for name in ["b", "a/c", "B", "a", "\u00e9", "a b", "\U0001f600", "\uffee"]:
        run.upload_file(name, io.BytesIO(b""))
    assert run.get_file_names() == ["B", "a", "a b", "a/c", "b", "\u00e9", "\uffee", "\U0001f600"]


def test_a_long_list_comes_whole(run: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("same")
    names = [f"many/{number:03}" for number in range(201)]
    list(run.upload_files(names, [str(tmp_path / "file")] * len(names)))
    assert run.get_file_names() == names
    run.download_files("many", str(tmp_path / "out"))
    assert len(list((tmp_path / "out" / "many").iterdir())) == len(names)


def test_log_files_are_read_with_the_details(run: Any) -> None:
    logs = [
        "logs/a.txt",
        "logs/b/\u00fc.txt",
        "azureml-logs/70_driver_log.txt",
        "user_logs/std_log.txt",
        "system_logs/x/y.log",
    ]
    for name in [*logs, "logs2/c.txt", "outputs/logs/d.txt"]:
        run.upload_file(name, io.BytesIO(f"text of {name}".encode()))
    assert sorted(run.get_details()["logFiles"]) == sorted(logs)
    assert run.get_details_with_logs()["logFiles"] == {name: f"text of {name}" for name in logs}


def test_all_logs_are_downloaded(run: Any, tmp_path: Path) -> None:
    run.upload_file("logs/a.txt", io.BytesIO(b"text"))
    run.get_all_logs(str(tmp_path / "logs"))
    assert (tmp_path / "logs" / "logs" / "a.txt").read_text() == "text"
