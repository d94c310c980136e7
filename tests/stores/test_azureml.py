"""Store `azureml`: MLflow on the runs of the embedded workspace, through the real plugin."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import EnvironmentProblem
from harness.stores import Place
from harness.stores.azureml import open_store
from harness.testbed import open_testbed


def test_without_a_workspace_there_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="none is open"), open_store(Place(tmp_path, tmp_path)):
        pass


def test_what_mlflow_logs_sdk_v1_reads(tmp_path: Path) -> None:
    from azureml.core import Run

    with open_testbed(tmp_path, ["azureml"]) as bed:
        client = bed.stores["azureml"].client
        # The store's own experiment has a name that SDK v1 does not take, not even to read its runs.
        run_id = client.create_run(client.create_experiment("mine")).info.run_id
        client.log_metric(run_id, "loss", 0.5)
        assert Run.get(bed.workspace.sdk, run_id).get_metrics() == {"loss": 0.5}
        assert bed.workspace.run_ids() == [run_id]


def test_what_answers_is_recorded_while_the_block_is_open(tmp_path: Path) -> None:
    with open_testbed(tmp_path, ["azureml"]) as bed:
        store = bed.stores["azureml"]
        with store.recording() as executed:
            run_id = store.client.create_run(store.experiment_id).info.run_id
        store.client.log_metric(run_id, "loss", 0.5)
        assert "mlflow-run-name-made" in executed
        assert "mlflow-metric-is-a-scalar" not in executed
