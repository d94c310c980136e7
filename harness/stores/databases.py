"""What the stores on a database server share: a database for each worker, made for the run and dropped after it.

The databases that were there before are not touched. Their names begin with `harness_` and a mark of the run, so that
runs at the same time do not meet, and whatever a worker that died has left is dropped with the rest.
"""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from harness.errors import EnvironmentProblem
from harness.stores.base import EXPERIMENT, OpenStore, Place
from harness.stores.mlflow_internals import close_sql_store, connect_anew
from harness.stores.sqlite import working_in

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from sqlalchemy import URL, Engine

SECONDS_TO_ANSWER = 10

_log = logging.getLogger(__name__)


class Dialect(NamedTuple):
    """How one kind of database server is spoken to.

    Attributes:
        store: The name of the store.
        maintenance: The database to be in while others are made; MySQL needs none.
        listing: A query for the names of all databases.
        creating: Statements that make a database; `{name}` is its name.
        dropping: A statement that drops a database and whoever is connected to it.
    """

    store: str
    maintenance: str
    listing: str
    creating: Sequence[str]
    dropping: str


@contextmanager
def databases(dialect: Dialect, given: str | None, variable: str) -> Iterator[str]:
    """Yields a URI whose database does not exist: the mark with which the databases of this run begin.

    Raises:
        EnvironmentProblem: Nobody has said where the server is, its driver is missing, or it does not answer.
    """
    uri = given or os.environ.get(variable)
    if not uri:
        raise EnvironmentProblem(
            f"Store {dialect.store}: {variable} is not set. Set it to the URI of a database server."
        )
    engine = _engine(dialect, uri)
    mark = f"harness_{uuid.uuid4().hex[:8]}"
    if reason := _trouble(engine, dialect):
        engine.dispose()
        raise EnvironmentProblem(f"Store {dialect.store} cannot be reached: {reason}")
    try:
        yield engine.url.set(database=mark).render_as_string(hide_password=False)
    finally:
        try:
            if reason := _drop(engine, dialect, mark):
                _log.warning(
                    "databases of store %s whose names begin with %s may be left: %s",
                    dialect.store,
                    mark,
                    reason,
                )
        finally:
            engine.dispose()


@contextmanager
def database_store(dialect: Dialect, place: Place) -> Iterator[OpenStore]:
    """Opens a database of this worker's own, with MLflow's tables in it.

    Raises:
        EnvironmentProblem: It cannot be made.
    """
    from mlflow import MlflowClient
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    url = make_url(place.uri)
    name = f"{url.database}_{uuid.uuid4().hex[:8]}"
    uri = url.set(database=name).render_as_string(hide_password=False)
    server = _engine(dialect, url.set(database=dialect.maintenance))
    try:
        try:
            with server.connect() as connection:
                for statement in dialect.creating:
                    connection.exec_driver_sql(statement.format(name=name))
        except SQLAlchemyError as error:
            raise EnvironmentProblem(
                f"Store {dialect.store}: no database can be made there: {_said(error)}"
            ) from error
        with working_in(place.folder):
            client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        try:
            # As in any process but the one that made the tables.
            connect_anew(client)
            experiment_id = client.create_experiment(
                EXPERIMENT, artifact_location=(place.folder / "artifacts").as_uri()
            )
            yield OpenStore(
                place.name,
                uri,
                client,
                experiment_id,
                put_aside=_putting_aside(client),
                trouble=lambda: _trouble(server, dialect),
            )
        finally:
            close_sql_store(client)
            # Where that fails it is tried again when the run ends, and told then.
            _drop(server, dialect, name)
    finally:
        server.dispose()


def _putting_aside(client: MlflowClient) -> Callable[[], None]:
    """Deletes the experiments that are not there yet, under other names: a deleted one keeps its name for itself.

    The database is this worker's alone, so they are those of the example that is over.
    """
    kept = {experiment.experiment_id for experiment in client.search_experiments()}

    def put_aside() -> None:
        for experiment in client.search_experiments():
            if experiment.experiment_id not in kept:
                client.rename_experiment(experiment.experiment_id, f"{EXPERIMENT} {uuid.uuid4().hex}")
                client.delete_experiment(experiment.experiment_id)

    return put_aside


def _engine(dialect: Dialect, uri: str | URL) -> Engine:
    """An engine that commits each statement, since databases are not made in a transaction."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    from sqlalchemy.pool import NullPool

    try:
        return create_engine(
            uri,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"connect_timeout": SECONDS_TO_ANSWER},
        )
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise EnvironmentProblem(f"Store {dialect.store}: no URI of a database: {error}") from error
    except ImportError as error:
        raise EnvironmentProblem(
            f"Store {dialect.store}: the driver is missing ({error}).\n"
            f"Install it with: pip install '.[{dialect.store}]'"
        ) from error


def _trouble(engine: Engine, dialect: Dialect) -> str | None:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(dialect.listing)
    except SQLAlchemyError as error:
        return _said(error)
    return None


def _drop(engine: Engine, dialect: Dialect, beginning: str) -> str | None:
    """Drops the databases whose names begin so; gives why it cannot, as where the server has stopped."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with engine.connect() as connection:
            names = [str(row[0]) for row in connection.exec_driver_sql(dialect.listing)]
            for name in names:
                if name.startswith(beginning):
                    connection.exec_driver_sql(dialect.dropping.format(name=name))
    except SQLAlchemyError as error:
        return _said(error)
    return None


def _said(error: Exception) -> str:
    """The first line of what the driver said, which names neither a statement nor a password."""
    said = getattr(error, "orig", None) or error
    return (str(said).strip().splitlines() or [type(said).__name__])[0]
