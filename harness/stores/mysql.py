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
    # What MariaDB makes by default, up to 11.5. It decides which names are the same, so it is said here, and verdicts
    # are those of any server. The defaults of later ones, and of MySQL 8, tell cases and accents apart no better.
    creating=("CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",),
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
