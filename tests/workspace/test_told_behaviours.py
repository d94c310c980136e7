"""No request is carried out in silence: each answer says at least one behaviour that it rests on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from harness.workspace import EmbeddedWorkspace
from harness.workspace.wire.application import Application


@pytest.fixture
def silent(workspace: EmbeddedWorkspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Method and path of each request that is answered without saying anything."""
    found: list[str] = []
    answer = Application._answer

    def see(self: Application, route: Any, call: Any, request: Any) -> Any:
        with workspace.recording() as executed:
            given = answer(self, route, call, request)
        if not executed:
            found.append(f"{route.method} {route.path}")
        return given

    monkeypatch.setattr(Application, "_answer", see)
    return found


def use_both_clients(sdk: Any, experiment: Any, mlflow_client: Any) -> None:
    from azureml.core import Run

    with experiment.start_logging() as run:
        run.log("m", 1)
        run.log_list("l", [1, 2])
        run.tag("a", "1")
        run.add_properties({"p": "1"})
        run.upload_file("f.txt", io.BytesIO(b"1"))
        run.child_run().complete()
    run.get_metrics()
    run.get_file_names()
    run.get_details()
    run.get_snapshot_id()
    run.download_file("f.txt", "f.txt")
    list(run.get_children())
    list(Run.list(experiment))
    Run.get(sdk, run.id)
    experiment.tag("a", "b")
    made = mlflow_client.create_run(experiment.id).info.run_id
    mlflow_client.log_metric(made, "m", 1.0)
    mlflow_client.log_param(made, "p", "1")
    mlflow_client.set_tag(made, "t", "1")
    mlflow_client.log_text(made, "1", "f.txt")
    mlflow_client.get_metric_history(made, "m")
    mlflow_client.get_run(made)
    mlflow_client.list_artifacts(made)
    mlflow_client.download_artifacts(made, "f.txt")
    mlflow_client.search_runs([experiment.id])
    mlflow_client.get_experiment(experiment.id)
    mlflow_client.set_terminated(made)


def test_each_answer_says_what_it_rests_on(
    silent: list[str], sdk: Any, experiment: Any, mlflow_client: Any
) -> None:
    use_both_clients(sdk, experiment, mlflow_client)
    assert sorted(set(silent)) == []
