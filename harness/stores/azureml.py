"""Store `azureml`: Azure ML through the plugin `azureml-mlflow`, answered by the embedded workspace of the v1 side.

So both clients work on one store of runs, as they do in the real service. What a verdict rests on there is, besides the
clients, what the embedded workspace does; each behaviour that was executed is recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import EnvironmentProblem
from harness.stores.base import EXPERIMENT, OpenStore, Place


@contextmanager
def open_store(place: Place) -> Iterator[OpenStore]:
    """Opens the MLflow side of the place's workspace, which must be open and stay so."""
    from mlflow import MlflowClient

    workspace = place.workspace
    if workspace is None:
        raise EnvironmentProblem("Store azureml is the embedded workspace of the v1 side, and none is open.")
    uri = workspace.tracking_uri
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    yield OpenStore(
        name="azureml",
        tracking_uri=uri,
        client=client,
        experiment_id=client.create_experiment(EXPERIMENT),
        recording=workspace.recording,
    )
