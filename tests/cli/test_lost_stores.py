"""A store that is gone in the middle of a run, or was never there."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from cli_samples import GOOD, harness, start, write
from waiting import within

from harness.stores.server_process import LOG

MANY = GOOD.replace("  - {value: 1}\n", "".join(f"  - {{value: {number}}}\n" for number in range(3, 400)))


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that these have."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found, left = [], [pid]
    while left:
        of_this = children.get(left.pop(), [])
        found += of_this
        left += of_this
    return found


@pytest.mark.once
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_a_server_that_is_killed_ends_the_run_with_one_error_and_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "specs", "good", MANY)
    out, temporary = tmp_path / "out", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    run = start(tmp_path, "run", "--recipe", "guide", "--store", "server", "--report", str(out))

    def has_begun() -> bool:
        return any(log.read_text().count("runs/create") > 5 for log in temporary.rglob(LOG))

    assert within(120, has_begun)
    below = descendants(run.pid)
    for pid in below:
        os.kill(pid, signal.SIGKILL)
    told, _ = run.communicate(timeout=120)
    assert run.returncode == 3, told
    assert "exit 3: Store server was lost in the middle of the run" in told
    assert "Traceback" not in told
    report = json.loads((out / "report.json").read_text())
    counted = {(each["outcome"], each["skipped_because"]) for each in report["results"]}
    assert counted == {("passed", None), ("skipped", "unreachable")}
    assert {verdict["verdict"] for verdict in report["verdicts"]} == {"not-verified"}
    assert (out / "server.log").read_text()
    assert below
    assert not any(Path(f"/proc/{pid}").exists() for pid in below)
    assert list(temporary.iterdir()) == []


def test_a_store_that_was_asked_for_and_cannot_be_had_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HARNESS_MYSQL_URI", raising=False)
    write(tmp_path / "specs", "good", GOOD)
    code, told = harness(tmp_path, "run", "--profile", "dev", "--store", "sqlite", "--store", "mysql")
    assert code == 3
    assert "exit 3: Store mysql: HARNESS_MYSQL_URI is not set." in told
    # What could be verified was.
    assert "not-verified" in told
    assert "equivalent" in told
