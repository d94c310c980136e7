"""The private names of MLflow that the harness cannot do without, each with the reason.

No other module has any, but for `harness.clock`, which exchanges MLflow's clock.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient


def close_sql_store(client: MlflowClient) -> None:
    """Closes the connections of the SQL store behind `client`, if it is one, and lets MLflow forget its engine.

    MLflow keeps the engine of every database it ever opened for the life of the process, without a public way to
    close one; a file that is deleted meanwhile would stay open.
    """
    store: Any = client._tracking_client.store
    if not hasattr(store, "engine"):
        return
    store.engine.dispose()
    engines: dict[str, Any] = type(store)._engine_map if hasattr(type(store), "_engine_map") else {}
    for uri in [uri for uri, engine in engines.items() if engine is store.engine]:
        del engines[uri]


def connect_anew(client: MlflowClient) -> None:
    """Closes the connections of the SQL store behind `client`; it makes new ones when it needs them.

    The one on which MLflow has put its first experiment into a MySQL database is left without the server's checks
    (`sql_mode` is empty), so that texts are cut without a word: in the process that makes the tables, and in no other.
    """
    store: Any = client._tracking_client.store
    store.engine.dispose()


def write_at_once(client: MlflowClient) -> None:
    """Lets the SQL store behind `client`, a SQLite file, take no care that its file outlives a power cut.

    Nobody opens it again, so to wait for the disk at each commit, some six times for an example, is for nothing. What
    is stored is the same. It holds for the connection that MLflow has, which is the only one as long as no recipe
    works from several threads; another one would be as MLflow makes it, only slower.
    """
    store: Any = client._tracking_client.store
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA synchronous = OFF")
        connection.exec_driver_sql("PRAGMA journal_mode = MEMORY")


_MARK = "harness.example"
_NUMBER = "harness.number"


class StartedRuns:
    """The runs that MLflow's fluent API starts while this is listening, in their order.

    MLflow has no other list of them, and their times of start are the same under a clock that stands still. So each is
    marked when it starts and gets its number: this is a run context provider, MLflow's own way to do so. But such a one
    is found by the entry point of a package, for every user of MLflow, or put into the registry's list.
    """

    def __init__(self) -> None:
        self._mark = uuid.uuid4().hex
        self._count = 0

    def in_context(self) -> bool:
        """Whether runs that start now are marked."""
        return True

    def tags(self) -> dict[str, str]:
        """The tags of the run that starts now."""
        self._count += 1
        return {_MARK: self._mark, _NUMBER: str(self._count)}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Marks the runs that start while the block is open."""
        from mlflow.tracking.context import registry

        providers = registry._run_context_provider_registry._registry
        providers.append(self)
        try:
            yield
        finally:
            providers.remove(self)

    def ids(self, client: MlflowClient) -> list[str]:
        """The ids of the runs that were marked: those of the experiment in which the last one is.

        Where that one is not in the store that MLflow works on now, there are none.
        """
        import mlflow
        from mlflow.exceptions import MlflowException

        try:
            last = mlflow.last_active_run()
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            last = None
        if last is None:
            return []
        runs = client.search_runs([last.info.experiment_id], f"tags.`{_MARK}` = '{self._mark}'")
        return [run.info.run_id for run in sorted(runs, key=lambda run: int(run.data.tags[_NUMBER]))]


def forget_experiment() -> None:
    """Undoes `mlflow.set_experiment`: without a public way back, every later run of the process would belong there."""
    from mlflow.tracking import fluent

    fluent._active_experiment_id = None
