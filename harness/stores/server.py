"""Store `server`: a tracking server, as a team runs one; the client speaks HTTP, and artifacts go through it too."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.stores.base import EXPERIMENT, OpenStore, Place
from harness.stores.server_process import mlflow_server, trouble_of

RETRIES = "MLFLOW_HTTP_REQUEST_MAX_RETRIES"
"""How often the client asks again what the server could not answer: 7 times, waiting longer each time, some minutes."""

ONE_RETRY = "1"
"""For a connection that the server has closed meanwhile, as it does after an error; the first one does not wait.

So what the server answers with an error of its own is asked twice. Where it is gone that is to be told at once.
"""


@contextmanager
def open_service(folder: Path, given: str | None) -> Iterator[str]:
    """Starts a server for all workers of a run."""
    with mlflow_server(folder) as uri:
        yield uri


@contextmanager
def open_store(place: Place) -> Iterator[OpenStore]:
    """Opens an experiment of this worker's own on the server of the run."""
    from mlflow import MlflowClient

    before = os.environ.get(RETRIES)
    os.environ[RETRIES] = ONE_RETRY
    try:
        client = MlflowClient(tracking_uri=place.uri, registry_uri=place.uri)
        experiment_id = client.create_experiment(f"{EXPERIMENT} {uuid.uuid4().hex[:8]}")
        yield OpenStore(place.name, place.uri, client, experiment_id, trouble=lambda: trouble_of(place.uri))
    finally:
        if before is None:
            os.environ.pop(RETRIES, None)
        else:
            os.environ[RETRIES] = before
