"""Store `mysql`: MLflow's SQL store on MySQL or MariaDB, as `mlflow` uses it directly without a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.stores.base import OpenStore, Place
from harness.stores.databases import Dialect, database_store, databases

_MYSQL = Dialect(
    store="mysql",
    maintenance="",
    listing="SHOW DATABASES",
    # As the server makes one by default: its character set and collation are part of what is tested.
    creating=("CREATE DATABASE `{name}`",),
    dropping="DROP DATABASE IF EXISTS `{name}`",
)


@contextmanager
def open_service(folder: Path, given: str | None) -> Iterator[str]:
    """Finds the server, as given or in `HARNESS_MYSQL_URI`; drops the run's databases after it."""
    with databases(_MYSQL, given, "HARNESS_MYSQL_URI") as uri:
        yield uri


@contextmanager
def open_store(place: Place) -> Iterator[OpenStore]:
    """Opens a database of this worker's own."""
    with database_store(_MYSQL, place) as store:
        yield store
