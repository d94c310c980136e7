"""Store `sqlite`: MLflow's SQL store on a SQLite file, as `mlflow` uses it directly without a server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect

from filelock import FileLock

from harness.stores.base import EXPERIMENT, OpenStore, Place
from harness.stores.mlflow_internals import close_sql_store, write_at_once


@contextmanager
def open_store(place: Place) -> Iterator[OpenStore]:
    """Opens a copy of the migrated database in the place; the first worker of a run makes the one to copy.

    Creating the tables takes MLflow some 2 s, copying them a millisecond.
    """
    from mlflow import MlflowClient

    folder = place.folder
    database = folder / "mlflow.db"
    shutil.copyfile(_migrated_database(place.template), database)
    uri = f"sqlite:///{database.as_posix()}"
    with working_in(folder):
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    try:
        write_at_once(client)
        experiment_id = client.create_experiment(
            EXPERIMENT, artifact_location=(folder / "artifacts").as_uri()
        )
        yield OpenStore(name="sqlite", tracking_uri=uri, client=client, experiment_id=experiment_id)
    finally:
        close_sql_store(client)


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Keeps the user's working directory clean: MLflow 2 makes a folder `mlruns` where it opens a SQL store."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _migrated_database(template: Path) -> Path:
    from mlflow import MlflowClient

    migrated = template / "migrated.db"
    with FileLock(template / "migrated.lock"):
        if not migrated.exists():
            fresh = template / "fresh.db"
            with working_in(template):
                client = MlflowClient(tracking_uri=f"sqlite:///{fresh.as_posix()}")
                client.search_experiments()
            close_sql_store(client)
            shutil.rmtree(template / "mlruns", ignore_errors=True)
            with closing(connect(fresh)) as connection:
                # Nothing may be left in a journal beside the file that is copied.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            fresh.rename(migrated)
    return migrated
