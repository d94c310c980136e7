"""A store that is gone in the middle of a run, or was never there."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from cli_samples import GOOD, harness, start, write
from database_servers import database_server, missing_programs
from lengths import LONG
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
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


@pytest.mark.once
@pytest.mark.parametrize("workers", ["2"] if not LONG else ["0", "2"])
def test_without_databases_the_rest_is_verified_and_the_databases_are_counted(
    workers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HARNESS_POSTGRESQL_URI", raising=False)
    # Nobody listens there.
    monkeypatch.setenv("HARNESS_MYSQL_URI", "mysql+pymysql://root@127.0.0.1:1")
    write(tmp_path / "specs", "good", GOOD)
    code, told = harness(tmp_path, "run", "--profile", "dev", "-n", workers, "--report", "out")
    assert code == 0, told
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    verdicts = {(each["store"], each["verdict"]) for each in report["verdicts"]}
    assert verdicts == {
        *((store, "equivalent") for store in ("sqlite", "file", "server", "azureml")),
        *((store, "not-verified") for store in ("postgresql", "mysql")),
    }
    one_line = " ".join(told.split())
    assert "- postgresql was not to be had here, so 2 verdicts are not-verified: Store" in one_line
    assert (
        "- mysql was not to be had here, so 2 verdicts are not-verified: Store mysql cannot be reached"
        in one_line
    )
    skipped = sum(each["outcome"] == "skipped" for each in report["results"])
    assert f"{skipped} skipped (not to be had here: {skipped})" in one_line
    assert skipped == sum(each["store"] in ("postgresql", "mysql") for each in report["results"])


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


@pytest.mark.once
@pytest.mark.parametrize(("store", "workers"), [("postgresql", "2"), ("mysql", "0")])
def test_a_database_that_stops_ends_the_run_with_one_error_and_a_report(
    store: str, workers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing := missing_programs(store):
        pytest.skip(f"not verified: {', '.join(missing)} are not on this machine")
    write(tmp_path / "specs", "good", MANY)
    out, temporary = tmp_path / "out", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with database_server(store) as server:
        place = ("--store", store, "--store-uri", f"{store}={server.uri}")
        run = start(tmp_path, "run", "--recipe", "guide", *place, "-n", workers, "--report", str(out))
        assert within(120, lambda: _runs_on(server.uri) > 5)
        server.kill()
        told, _ = run.communicate(timeout=120)
    assert run.returncode == 3, told
    assert f"exit 3: Store {store} was lost in the middle of the run" in told
    assert "Traceback" not in told
    assert told.count("may be left") == 1, told
    report = json.loads((out / "report.json").read_text())
    counted = {(each["outcome"], each["skipped_because"]) for each in report["results"]}
    assert counted == {("passed", None), ("skipped", "unreachable")}
    assert {verdict["verdict"] for verdict in report["verdicts"]} == {"not-verified"}
    # Nothing is left but the folder that pytest gives to workers.
    assert [path.name for path in temporary.iterdir() if not path.name.startswith("pytest-of-")] == []


def _runs_on(uri: str) -> int:
    """How many runs MLflow has made in all databases of the harness that are on a server."""
    listing = "SELECT datname FROM pg_database" if uri.startswith("postgresql") else "SHOW DATABASES"
    server = create_engine(uri)
    try:
        with server.connect() as connection:
            names = [str(row[0]) for row in connection.exec_driver_sql(listing)]
    except SQLAlchemyError:
        return 0  # it listens, and is not ready
    finally:
        server.dispose()
    found = 0
    for name in names:
        if name.startswith("harness_"):
            database = create_engine(server.url.set(database=name))
            try:
                with database.connect() as connection:
                    found += connection.exec_driver_sql("SELECT COUNT(*) FROM runs").scalar_one()
            except SQLAlchemyError:
                continue  # its tables are being made
            finally:
                database.dispose()
    return found
