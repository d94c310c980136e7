from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from harness.stores import STORES, Place, load_store
from harness.stores.sqlite import open_store

OPEN_ONE = """
import sys
from pathlib import Path
from harness.stores import Place
from harness.stores.sqlite import open_store
folder, template = map(Path, sys.argv[1:])
with open_store(Place(folder, template)) as store:
    run = store.client.create_run(store.experiment_id)
    store.client.log_metric(run.info.run_id, "loss", 1)
    print(store.client.get_metric_history(run.info.run_id, "loss")[0].value)
"""


def test_every_store_can_be_found() -> None:
    assert all(callable(load_store(info)) for info in STORES.values())


def test_two_workers_at_once_make_one_template(tmp_path: Path) -> None:
    """Slow: two processes import MLflow, and one of them makes the tables."""
    template = tmp_path / "template"
    template.mkdir()
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_ONE, str(folder), str(template)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        for folder in folders
    ]
    told = [worker.communicate() for worker in workers]
    assert [out.strip() for out, _ in told] == ["1.0", "1.0"], told
    made = "".join(errors for _, errors in told).count("Creating initial MLflow database tables")
    assert made <= 1
    assert {path.name for path in template.iterdir()} == {"migrated.db", "migrated.lock"}


def test_a_template_that_is_there_is_not_made_again(template: Path, tmp_path: Path) -> None:
    with open_store(Place(_new(tmp_path / "one"), template)):
        pass
    made = (template / "migrated.db").stat().st_mtime_ns
    with open_store(Place(_new(tmp_path / "two"), template)):
        pass
    assert (template / "migrated.db").stat().st_mtime_ns == made


def test_workers_do_not_see_each_others_runs(template: Path, tmp_path: Path) -> None:
    with (
        open_store(Place(_new(tmp_path / "one"), template)) as one,
        open_store(Place(_new(tmp_path / "two"), template)) as two,
    ):
        one.client.create_run(one.experiment_id)
        counts = [len(store.client.search_runs([store.experiment_id])) for store in (one, two)]
    assert counts == [1, 0]


def test_no_file_stays_open(template: Path, tmp_path: Path) -> None:
    folder = _new(tmp_path / "one")
    with open_store(Place(folder, template)) as store:
        store.client.create_run(store.experiment_id)
        assert _open_below(folder)
    assert _open_below(folder) == []
    assert _open_below(template) == []


def test_mlflow_keeps_no_engine_of_a_store_that_was_closed(template: Path, tmp_path: Path) -> None:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    folder = _new(tmp_path / "one")
    with open_store(Place(folder, template)) as store:
        store.client.create_run(store.experiment_id)
    engines: dict[str, Any] = getattr(SqlAlchemyStore, "_engine_map", {})
    assert [uri for uri in engines if str(folder) in uri] == []


def test_a_store_that_was_closed_after_an_exception_is_closed(template: Path, tmp_path: Path) -> None:
    folder = _new(tmp_path / "one")
    with pytest.raises(ZeroDivisionError), open_store(Place(folder, template)):
        raise ZeroDivisionError
    (folder / "mlflow.db").unlink()


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _open_below(folder: Path) -> list[str]:
    """The files of a folder that this process has open."""
    files = {}
    for path in folder.rglob("*"):
        status = path.stat()
        files[status.st_dev, status.st_ino] = path.name
    found = []
    for descriptor in range(4096):
        with suppress(OSError):
            status = os.fstat(descriptor)
            found += [files[key] for key in [(status.st_dev, status.st_ino)] if key in files]
    return found
