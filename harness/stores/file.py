"""Store `file`: MLflow's store of plain files, a folder for each run (what `mlruns` folders hold)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from harness.stores.base import EXPERIMENT, OpenStore, Place

PERMISSION = "MLFLOW_ALLOW_FILE_STORE"
"""Since 3.7 MLflow opens a store of files only where this variable allows it."""


@contextmanager
def open_store(place: Place) -> Iterator[OpenStore]:
    """Opens an empty store of files in the place; there is nothing to migrate, so nothing is shared."""
    from mlflow import MlflowClient

    before = os.environ.get(PERMISSION)
    os.environ[PERMISSION] = "true"
    try:
        root = place.folder / "mlruns"
        uri = root.as_uri()
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        experiment_id = client.create_experiment(
            EXPERIMENT, artifact_location=(place.folder / "artifacts").as_uri()
        )
        kept = {path.name for path in root.iterdir()}

        def clear() -> None:
            # MLflow looks a run up by listing all runs of all experiments: after 2,500 runs an example takes five
            # times as long as after none.
            for path in root.iterdir():
                if path.name not in kept:
                    shutil.rmtree(path)
            for path in (root / experiment_id).iterdir():
                if path.is_dir():
                    shutil.rmtree(path)

        yield OpenStore("file", uri, client, experiment_id, clear)
    finally:
        if before is None:
            os.environ.pop(PERMISSION, None)
        else:
            os.environ[PERMISSION] = before
