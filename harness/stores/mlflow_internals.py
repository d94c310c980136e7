"""The private names of MLflow that the harness cannot do without, each with the reason.

No other module has any, but for `harness.clock`, which exchanges MLflow's clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient


def close_sql_store(client: MlflowClient) -> None:
    """Closes the connections of the SQL store behind `client`, and lets MLflow forget its engine.

    MLflow keeps the engine of every database it ever opened for the life of the process, without a public way to
    close one; a file that is deleted meanwhile would stay open.
    """
    store: Any = client._tracking_client.store
    store.engine.dispose()
    engines: dict[str, Any] = type(store)._engine_map if hasattr(type(store), "_engine_map") else {}
    for uri in [uri for uri, engine in engines.items() if engine is store.engine]:
        del engines[uri]


def forget_experiment() -> None:
    """Undoes `mlflow.set_experiment`: without a public way back, every later run of the process would belong there."""
    from mlflow.tracking import fluent

    fluent._active_experiment_id = None
