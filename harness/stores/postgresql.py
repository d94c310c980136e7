"""Store `postgresql`: MLflow's SQL store on PostgreSQL, as `mlflow` uses it directly without a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.stores.base import OpenStore, Place
from harness.stores.databases import Dialect, database_store, databases

_POSTGRESQL = Dialect(
    store="postgresql",
    maintenance="postgres",
    listing="SELECT datname FROM pg_database",
    creating=(
        "CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0",
        # Nobody opens it again after a power cut, so no commit has to wait for the disk. It holds for this one alone.
        'ALTER DATABASE "{name}" SET synchronous_commit TO off',
    ),
    dropping='DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
)


@contextmanager
def open_service(folder: Path, given: str | None) -> Iterator[str]:
    """Finds the server, as given or in `HARNESS_POSTGRESQL_URI`; drops the run's databases after it."""
    with databases(_POSTGRESQL, given, "HARNESS_POSTGRESQL_URI") as uri:
        yield uri


@contextmanager
def open_store(place: Place) -> Iterator[OpenStore]:
    """Opens a database of this worker's own."""
    with database_store(_POSTGRESQL, place) as store:
        yield store
