"""A tracking server of the run's own: started, shared, ended whatever happens; and what is told when it is lost."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from waiting import within

from harness.errors import EnvironmentProblem
from harness.stores import server_process
from harness.stores.server_process import mlflow_server, trouble_of
from harness.testbed import open_testbed, service_folder

pytestmark = pytest.mark.once

# A parent that ignores SIGINT (a job in the background of a script) would hand that on.
START = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from harness.stores.server_process import mlflow_server
with mlflow_server(Path(sys.argv[1])) as uri:
    print(uri, flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with mlflow_server(tmp_path_factory.mktemp("server")) as uri:
        yield uri


def test_it_listens_on_this_machine_alone(server: str) -> None:
    assert server.startswith("http://127.0.0.1:")
    assert trouble_of(server) is None


def test_it_ends_with_the_block_and_keeps_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everybodys = tmp_path / "temporary files of everybody"
    everybodys.mkdir()
    monkeypatch.setenv("TMPDIR", str(everybodys))
    with mlflow_server(tmp_path) as uri:
        assert trouble_of(uri) is None
    assert "ConnectionError" in (trouble_of(uri) or "")
    assert (tmp_path / server_process.LOG).stat().st_size
    assert not list(everybodys.iterdir())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_whoever_started_it_is_killed(tmp_path: Path, number: signal.Signals) -> None:
    """A signal that can be handled goes to all of the group, as from a terminal."""
    starter = subprocess.Popen(
        [sys.executable, "-c", START, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert starter.stdout is not None
    uri = starter.stdout.readline().strip()
    assert trouble_of(uri) is None
    if number == signal.SIGKILL:
        starter.kill()
    else:
        os.killpg(starter.pid, number)
    starter.wait()
    starter.stdout.close()
    assert within(30, lambda: trouble_of(uri) is not None)


def test_one_that_does_not_start_says_why(tmp_path: Path, template: Path) -> None:
    # A database of a version that nobody knows; for one that cannot be opened MLflow tries again for 100 seconds.
    with open_testbed(tmp_path / "bed", ["sqlite"], template=template):
        shutil.copyfile(template / "migrated.db", tmp_path / "mlflow.db")
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = 'unknown'")
    with (
        pytest.raises(EnvironmentProblem, match=r"(?s)`mlflow server` ended.*schema"),
        mlflow_server(tmp_path),
    ):
        pass


def test_two_workers_have_an_experiment_each(server: str, tmp_path: Path) -> None:
    beds = [tmp_path / name for name in ("one", "other")]
    with (
        open_testbed(beds[0], ["server"], services={"server": server}) as one,
        open_testbed(beds[1], ["server"], services={"server": server}) as other,
    ):
        stores = [bed.stores["server"] for bed in (one, other)]
        stores[0].client.create_run(stores[0].experiment_id)
        assert [len(each.client.search_runs([each.experiment_id])) for each in stores] == [1, 0]
    assert not service_folder(beds[0], "server").exists()
