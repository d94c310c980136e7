"""The plugin attached to a workspace, and detached again when it closes."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import mlflow
import pytest

from harness.workspace import WorkspaceClosed, open_workspace


def test_mlflow_forgets_a_workspace_that_is_closed(folder: Path) -> None:
    before = mlflow.get_tracking_uri()
    with open_workspace(folder) as workspace:
        mlflow.set_tracking_uri(workspace.tracking_uri)
        mlflow.set_experiment("closing")
        run = mlflow.start_run()
        mlflow.log_text("text", "a.txt")
        with mlflow.start_run(nested=True):
            pass
    assert mlflow.active_run() is None
    assert mlflow.last_active_run() is None
    assert mlflow.get_tracking_uri() == before
    assert "MLFLOW_EXPERIMENT_ID" not in os.environ
    assert "MLFLOW_TRACKING_URI" not in os.environ
    with open_workspace(folder) as workspace:
        assert mlflow.MlflowClient(workspace.tracking_uri).get_run(run.info.run_id).info.status == "RUNNING"


def test_what_is_of_another_store_stays(folder: Path, tmp_path: Path) -> None:
    elsewhere = f"sqlite:///{tmp_path / 'mlflow.db'}"
    before = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
    mlflow.set_tracking_uri(elsewhere)
    try:
        with open_workspace(folder) as workspace:
            client = mlflow.MlflowClient(workspace.tracking_uri)
            client.create_run("0")
            run = mlflow.start_run()
        assert mlflow.get_tracking_uri() == elsewhere
        assert mlflow.active_run().info.run_id == run.info.run_id
        mlflow.end_run()
    finally:
        mlflow.set_tracking_uri(before)


def test_a_client_of_a_closed_workspace_is_refused_and_works_again(folder: Path) -> None:
    with open_workspace(folder) as workspace:
        client = mlflow.MlflowClient(workspace.tracking_uri)
        run = client.create_run("0")
    with pytest.raises(WorkspaceClosed):
        client.get_run(run.info.run_id)
    with open_workspace(folder):
        assert client.get_run(run.info.run_id).info.run_id == run.info.run_id


def test_two_workspaces_are_apart(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "a") as first, open_workspace(tmp_path / "b") as second:
        clients = [mlflow.MlflowClient(workspace.tracking_uri) for workspace in (first, second)]
        runs = [client.create_run("0").info.run_id for client in clients]
        assert [first.run_ids(), second.run_ids()] == [[runs[0]], [runs[1]]]
        with pytest.raises(mlflow.MlflowException, match="not found"):
            clients[0].get_run(runs[1])


def test_nothing_of_a_closed_workspace_stays_in_memory(folder: Path) -> None:
    with open_workspace(folder) as workspace:
        mlflow.MlflowClient(workspace.tracking_uri).create_run("0")
        context = weakref.ref(workspace.sdk.service_context)
    del workspace
    gc.collect()
    assert context() is None


def test_traces_on_their_way_do_not_keep_the_process_from_ending(folder: Path) -> None:
    code = (
        "import mlflow\n"
        "from azureml.core import Experiment\n"
        "from harness.workspace import open_workspace\n"
        "traced = mlflow.trace(lambda: 1)\n"
        f"with open_workspace({str(folder)!r}) as workspace:\n"
        "    run = Experiment(workspace.sdk, 'e').start_logging(outputs=None, snapshot_directory=None)\n"
        "    with workspace.attached(run):\n"
        "        traced()\n"
        "    assert workspace.unserved == []\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=folder.parent, timeout=60)


def test_mlflow_is_imported_when_its_tracking_uri_is_asked_for(folder: Path) -> None:
    code = (
        "import sys\n"
        "from harness.workspace import open_workspace\n"
        f"with open_workspace({str(folder)!r}) as workspace:\n"
        "    assert 'mlflow' not in sys.modules\n"
        "    workspace.tracking_uri\n"
        "    assert 'mlflow' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=folder.parent, timeout=120)
