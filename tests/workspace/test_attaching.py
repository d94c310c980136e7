"""Unmodified code in this process finds the run to which the environment attaches it."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest
import requests

from harness.workspace import EmbeddedWorkspace, open_workspace
from harness.workspace.rules.managing import manage, move
from harness.workspace.rules.storage import Store

ROOT = Path(__file__).parents[2]


def test_get_context_gives_the_run(workspace: EmbeddedWorkspace, run: Any) -> None:
    from azureml.core import Run

    with workspace.attached(run.id):
        found = Run.get_context(allow_offline=False)
        assert (found.id, found.experiment.name) == (run.id, "contract")
        assert Run.get_context() is found
        found.log("m", 1)
        found.tag("k", "v")
        found.flush()
        assert found.get_metrics() == {"m": 1}
    assert run.get_tags()["k"] == "v"
    assert run.get_metrics() == {"m": 1}


def test_what_was_logged_is_posted_when_the_block_ends(workspace: EmbeddedWorkspace, run: Any) -> None:
    from azureml.core import Run

    with workspace.attached(run):
        Run.get_context().log_list("m", [1, 2, 3])
    assert run.get_metrics() == {"m": [1, 2, 3]}


def test_the_script_does_not_end_its_run(workspace: EmbeddedWorkspace, run: Any) -> None:
    from azureml.core import Run

    with workspace.attached(run), Run.get_context() as found:
        found.complete()
    assert run.get_status() == "Running"


def test_mlflow_logs_to_the_run_and_does_not_end_it(workspace: EmbeddedWorkspace, run: Any) -> None:
    import mlflow

    with workspace.attached(run):
        mlflow.log_metric("m", 2.5)
        mlflow.log_param("p", "x")
        active = mlflow.active_run()
        assert active is not None
        assert active.info.run_id == run.id
        assert mlflow.get_run(run.id).data.params == {"p": "x"}
    assert mlflow.active_run() is None
    assert run.get_metrics() == {"m": 2.5}
    assert run.get_status() == "Running"


def test_an_experiment_that_was_set_before_is_not_in_the_way(
    workspace: EmbeddedWorkspace, run: Any, mlflow_client: Any
) -> None:
    import mlflow

    before = mlflow.set_experiment("before").experiment_id
    with workspace.attached(run), mlflow.start_run() as active:
        assert active.info.run_id == run.id
        mlflow.log_metric("m", 2.5)
    assert run.get_metrics() == {"m": 2.5}
    with mlflow.start_run() as later:
        assert later.info.experiment_id == before


def test_outside_of_the_block_there_is_no_run(workspace: EmbeddedWorkspace, run: Any) -> None:
    from azureml.core import Run
    from azureml.exceptions import RunEnvironmentException

    with workspace.attached(run):
        pass
    with pytest.raises(RunEnvironmentException):
        Run.get_context(allow_offline=False)


def test_the_environment_is_as_it_was(
    workspace: EmbeddedWorkspace, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_RUN_ID", "mine")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "me")
    before = dict(os.environ)
    with workspace.attached(run) as environment:
        assert environment.items() >= {("AZUREML_RUN_ID", run.id), ("MLFLOW_TRACKING_USERNAME", None)}
        assert "MLFLOW_TRACKING_USERNAME" not in os.environ
        del os.environ["MLFLOW_RUN_ID"]  # as MLflow does when it takes the run up
        os.environ["MLFLOW_EXPERIMENT_NAME"] = "changed by somebody"
    assert os.environ == {**before, "MLFLOW_EXPERIMENT_NAME": "changed by somebody"}
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME")


def test_a_run_that_is_not_there_cannot_be_attached_to(workspace: EmbeddedWorkspace) -> None:
    before = dict(os.environ)
    with pytest.raises(LookupError, match="no run 'nobody'"), workspace.attached("nobody"):
        pass
    assert os.environ == before


def test_the_run_of_a_script_does_not_stay_in_memory(workspace: EmbeddedWorkspace, run: Any) -> None:
    from azureml.core import Run

    with workspace.attached(run):
        found = Run.get_context()
        found.log("m", 1)
        kept = weakref.ref(found)
        del found
    workspace.release_runs()
    gc.collect()
    assert kept() is None


def test_no_thread_is_left_when_the_workspace_is_closed(folder: Path) -> None:
    from azureml.core import Experiment, Run

    before = set(threading.enumerate())
    with open_workspace(folder) as workspace:
        run = Experiment(workspace.sdk, "e").start_logging(outputs=None, snapshot_directory=None)
        with workspace.attached(run):
            Run.get_context().log("m", 1)
            assert any(isinstance(thread, threading.Timer) for thread in set(threading.enumerate()) - before)
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert set(threading.enumerate()) <= before


def test_discovery_says_where_the_services_are(workspace: EmbeddedWorkspace, run: Any) -> None:
    with workspace.attached(run) as environment:
        answer = requests.get(str(environment["AZUREML_DISCOVERY_SERVICE_ENDPOINT"]))
    assert set(answer.json().values()) == {environment["AZUREML_SERVICE_ENDPOINT"]}
    assert {"api", "history", "studio"} <= set(answer.json())


def test_the_status_of_a_managed_run_is_not_for_its_clients(
    workspace: EmbeddedWorkspace, folder: Path, run: Any
) -> None:
    store = Store(folder)
    manage(store, run.id)
    assert "managed" not in run.get_details()
    with pytest.raises(Exception, match="managed by the system"):
        run.complete()
    run.log("m", 1)
    run.flush()
    assert (run.get_status(), run.get_metrics()) == ("Running", {"m": 1})
    move(store, run.id, "Failed", "The script ended with exit code 3.")
    store.close()
    assert run.get_status() == "Failed"
    assert run.get_details()["error"]["error"]["message"] == "The script ended with exit code 3."


@pytest.mark.once
def test_the_home_of_the_user_is_not_touched(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    code = """
import sys
from harness.workspace import open_workspace
with open_workspace(sys.argv[1]) as workspace:
    from azureml.core import Experiment, Run
    run = Experiment(workspace.sdk, "e").start_logging(snapshot_directory=None)
    with workspace.attached(run):
        attached = Run.get_context(allow_offline=False)
        attached.log("m", 1)
        attached.experiment.start_logging().complete()
    assert run.get_metrics() == {"m": 1}
"""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "workspace")],
        env={**os.environ, "HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": path},
        check=True,
        timeout=120,
    )
    assert list(home.rglob("*")) == []
