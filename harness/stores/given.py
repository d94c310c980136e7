"""A store of somebody else's, at any URI that MLflow understands (`--store-uri NAME=URI`).

All that a run writes stands in one experiment of its own, which is deleted at the end unless it is to be kept. MLflow
only marks it as deleted, with all its runs; `mlflow gc` is how its owner takes it out.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from harness.errors import EnvironmentProblem
from harness.stores.base import EXPERIMENT, OpenStore, Place
from harness.stores.file import PERMISSION
from harness.stores.mlflow_internals import close_sql_store
from harness.stores.server import ONE_RETRY, RETRIES
from harness.stores.server_process import trouble_of
from harness.stores.sqlite import working_in


@contextmanager
def open_store(place: Place) -> Iterator[OpenStore]:
    """Makes an experiment in the store at the place's URI, and deletes it again.

    Raises:
        EnvironmentProblem: The store cannot be reached.
    """
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    is_served = place.uri.startswith("http")
    with _environment({RETRIES: ONE_RETRY, PERMISSION: "true"}), working_in(place.folder):
        if is_served and (reason := trouble_of(place.uri)):
            raise EnvironmentProblem(f"Store {place.name} cannot be reached: {reason}")
        try:
            client = MlflowClient(tracking_uri=place.uri, registry_uri=place.uri)
            experiment_id = client.create_experiment(f"{EXPERIMENT} {uuid.uuid4().hex[:8]}")
        except MlflowException as error:
            first = (str(error).splitlines() or [""])[0]
            raise EnvironmentProblem(f"Store {place.name} cannot be used: {first}") from error
    with _environment({RETRIES: ONE_RETRY, PERMISSION: "true"}):
        try:
            yield OpenStore(
                place.name,
                place.uri,
                client,
                experiment_id,
                trouble=(lambda: trouble_of(place.uri)) if is_served else (lambda: None),
            )
        finally:
            if not place.keep:
                with suppress(MlflowException):  # a store that is gone has been told of where that came out
                    client.delete_experiment(experiment_id)
            close_sql_store(client)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
