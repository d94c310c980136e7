"""Experiments and runs of the workspace through MLflow: making, finding, changing, params, tags."""

from __future__ import annotations

import uuid
from typing import Any

import mlflow
import pytest
from mlflow.entities import Param, RunTag, ViewType
from mlflow.exceptions import MlflowException, RestException


def new_name() -> str:
    return f"harness-contract-{uuid.uuid4().hex[:12]}"


def names(experiments: Any) -> list[str]:
    return [experiment.name for experiment in experiments]


def test_an_experiment_is_found_by_its_name_and_its_id(mlflow_client: Any) -> None:
    name = new_name()
    identifier = mlflow_client.create_experiment(
        name, artifact_location="s3://elsewhere", tags={"team": "a b"}
    )
    mlflow_client.set_experiment_tag(identifier, "stage", "two")
    found = mlflow_client.get_experiment_by_name(name)
    assert (found.experiment_id, found.name, found.lifecycle_stage) == (identifier, name, "active")
    assert found.tags == {"team": "a b", "stage": "two"}
    assert found.artifact_location == ""
    assert found.creation_time > 1_500_000_000_000
    assert mlflow_client.get_experiment(identifier).name == name


def test_an_experiment_that_is_not_there(mlflow_client: Any) -> None:
    assert mlflow_client.get_experiment_by_name(new_name()) is None
    with pytest.raises(RestException) as caught:
        mlflow_client.get_experiment(str(uuid.uuid4()))
    assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_an_experiment_is_made_once(mlflow_client: Any) -> None:
    name = new_name()
    mlflow_client.create_experiment(name)
    with pytest.raises(RestException) as caught:
        mlflow_client.create_experiment(name)
    assert caught.value.error_code == "RESOURCE_ALREADY_EXISTS"


def test_an_experiment_is_archived_and_comes_back(mlflow_client: Any) -> None:
    name = new_name()
    identifier = mlflow_client.create_experiment(name)
    mlflow_client.delete_experiment(identifier)
    assert mlflow_client.get_experiment(identifier).lifecycle_stage == "deleted"
    assert name not in names(mlflow_client.search_experiments())
    assert name in names(mlflow_client.search_experiments(view_type=ViewType.DELETED_ONLY))
    mlflow_client.restore_experiment(identifier)
    assert mlflow_client.get_experiment(identifier).lifecycle_stage == "active"
    assert name in names(mlflow_client.search_experiments())


def test_an_experiment_is_not_renamed(mlflow_client: Any, mlflow_experiment: str) -> None:
    before = mlflow_client.get_experiment(mlflow_experiment).name
    with pytest.raises(RestException):
        mlflow_client.rename_experiment(mlflow_experiment, new_name())
    assert mlflow_client.get_experiment(mlflow_experiment).name == before


def test_experiment_0_is_the_default_one(mlflow_client: Any) -> None:
    run = mlflow_client.create_run("0")
    assert mlflow_client.get_experiment("0").name == "Default"
    assert run.info.experiment_id == mlflow_client.get_experiment("0").experiment_id != "0"
    assert "/experiments/0/runs/" in run.info.artifact_uri


def test_a_new_run_is_running(mlflow_client: Any, mlflow_experiment: str) -> None:
    run = mlflow_client.create_run(mlflow_experiment, start_time=1_700_000_000_123, run_name="first")
    assert run.info.status == "RUNNING"
    assert run.info.lifecycle_stage == "active"
    assert run.info.start_time == 1_700_000_000_123
    assert run.info.end_time is None
    assert run.info.run_name == "first"
    assert run.info.experiment_id == mlflow_experiment
    assert run.info.artifact_uri.startswith("azureml://")
    assert run.info.artifact_uri.endswith(
        f"/experiments/{mlflow_experiment}/runs/{run.info.run_id}/artifacts"
    )
    assert run.data.tags["mlflow.runName"] == "first"
    assert run.data.tags["mlflow.rootRunId"] == run.info.run_id
    assert "mlflow.user" in run.data.tags
    assert (run.data.metrics, run.data.params) == ({}, {})


def test_a_run_without_a_name_gets_one(mlflow_client: Any, mlflow_experiment: str) -> None:
    first, second = (mlflow_client.create_run(mlflow_experiment).info.run_name for _ in range(2))
    assert first
    assert second
    assert first != second


@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
def test_a_run_ends(mlflow_client: Any, mlflow_run: str, status: str) -> None:
    mlflow_client.set_terminated(mlflow_run, status, end_time=4_000_000_000_000)
    info = mlflow_client.get_run(mlflow_run).info
    assert (info.status, info.end_time) == (status, 4_000_000_000_000)


def test_a_run_ends_in_one_way_only(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.set_terminated(mlflow_run, "FAILED", end_time=4_000_000_000_000)
    with pytest.raises(RestException, match="Cannot set multiple terminal states for a run"):
        mlflow_client.set_terminated(mlflow_run, "FINISHED")
    info = mlflow_client.get_run(mlflow_run).info
    assert (info.status, info.end_time) == ("FAILED", 4_000_000_000_000)


def test_a_run_that_has_ended_is_taken_up_again(mlflow_client: Any, mlflow_experiment: str) -> None:
    with mlflow.start_run(experiment_id=mlflow_experiment) as run:
        mlflow.log_metric("m", 1)
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.log_metric("m", 2, step=1)
        mlflow.log_param("p", "late")
        mlflow.set_tag("t", "late")
    back = mlflow_client.get_run(run.info.run_id)
    assert back.info.status == "FINISHED"
    assert (back.data.metrics, back.data.params, back.data.tags["t"]) == ({"m": 2.0}, {"p": "late"}, "late")


def test_a_run_is_renamed(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.update_run(mlflow_run, name="second")
    back = mlflow_client.get_run(mlflow_run)
    assert (back.info.run_name, back.data.tags["mlflow.runName"]) == ("second", "second")
    mlflow_client.set_tag(mlflow_run, "mlflow.runName", "third")
    back = mlflow_client.get_run(mlflow_run)
    assert (back.info.run_name, back.data.tags["mlflow.runName"]) == ("third", "third")
    assert back.info.status == "RUNNING"


def test_a_run_that_waits_is_scheduled(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.update_run(mlflow_run, status="SCHEDULED")
    assert mlflow_client.get_run(mlflow_run).info.status == "SCHEDULED"


def test_a_run_that_is_not_there(mlflow_client: Any) -> None:
    with pytest.raises(RestException) as caught:
        mlflow_client.get_run(str(uuid.uuid4()))
    assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_a_run_is_deleted_and_comes_back(mlflow_client: Any, mlflow_experiment: str, mlflow_run: str) -> None:
    def found(view: int) -> list[str]:
        return [run.info.run_id for run in mlflow_client.search_runs([mlflow_experiment], run_view_type=view)]

    mlflow_client.delete_run(mlflow_run)
    assert mlflow_client.get_run(mlflow_run).info.lifecycle_stage == "deleted"
    assert found(ViewType.ACTIVE_ONLY) == []
    assert found(ViewType.DELETED_ONLY) == found(ViewType.ALL) == [mlflow_run]
    mlflow_client.restore_run(mlflow_run)
    assert found(ViewType.ACTIVE_ONLY) == [mlflow_run]


def test_nested_runs_have_parent_and_root(mlflow_client: Any, mlflow_experiment: str) -> None:
    with (
        mlflow.start_run(experiment_id=mlflow_experiment) as parent,
        mlflow.start_run(experiment_id=mlflow_experiment, nested=True) as child,
        mlflow.start_run(experiment_id=mlflow_experiment, nested=True) as grandchild,
    ):
        pass
    tags = mlflow_client.get_run(grandchild.info.run_id).data.tags
    assert tags["mlflow.parentRunId"] == child.info.run_id
    assert tags["mlflow.rootRunId"] == parent.info.run_id


def test_params_come_back(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.log_param(mlflow_run, "rate", 0.1)
    mlflow_client.log_batch(mlflow_run, params=[Param("name", "a\N{SNOWMAN}"), Param("empty", "")])
    mlflow_client.log_param(mlflow_run, "rate", 0.1)
    assert mlflow_client.get_run(mlflow_run).data.params == {
        "rate": "0.1",
        "name": "a\N{SNOWMAN}",
        "empty": "",
    }


def test_a_param_is_never_changed(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.log_param(mlflow_run, "rate", 1)
    with pytest.raises(MlflowException) as caught:
        mlflow_client.log_param(mlflow_run, "rate", 2)
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    with pytest.raises(MlflowException):
        mlflow_client.log_batch(mlflow_run, params=[Param("other", "1"), Param("rate", "2")])
    assert mlflow_client.get_run(mlflow_run).data.params == {"rate": "1"}


def test_a_run_has_at_most_200_params(mlflow_client: Any, mlflow_run: str) -> None:
    for start in (0, 100):
        mlflow_client.log_batch(mlflow_run, params=[Param(f"p{n}", "v") for n in range(start, start + 100)])
    with pytest.raises(MlflowException, match="FieldName=Parameters, Limit=200, Size=201") as caught:
        mlflow_client.log_param(mlflow_run, "p200", "v")
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    assert len(mlflow_client.get_run(mlflow_run).data.params) == 200


def test_a_param_has_a_longest_value(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.log_param(mlflow_run, "long", "x" * 6000)
    with pytest.raises(MlflowException):
        mlflow_client.log_param(mlflow_run, "longer", "x" * 6001)
    assert list(mlflow_client.get_run(mlflow_run).data.params) == ["long"]


def test_tags_are_set_replaced_and_removed(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.set_tag(mlflow_run, "a", 1)
    mlflow_client.log_batch(mlflow_run, tags=[RunTag("a", "2"), RunTag("b/c d", "\N{SNOWMAN}")])
    tags = mlflow_client.get_run(mlflow_run).data.tags
    assert (tags["a"], tags["b/c d"]) == ("2", "\N{SNOWMAN}")
    mlflow_client.delete_tag(mlflow_run, "a")
    assert "a" not in mlflow_client.get_run(mlflow_run).data.tags
    with pytest.raises(RestException) as caught:
        mlflow_client.delete_tag(mlflow_run, "a")
    assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_data_sets_that_went_in_come_back(mlflow_client: Any, mlflow_experiment: str) -> None:
    import numpy as np

    data = mlflow.data.from_numpy(np.arange(3), name="numbers")
    with mlflow.start_run(experiment_id=mlflow_experiment) as run:
        mlflow.log_input(data, context="training")
    (found,) = mlflow_client.get_run(run.info.run_id).inputs.dataset_inputs
    assert (found.dataset.name, found.dataset.digest) == ("numbers", data.digest)
    assert {tag.key: tag.value for tag in found.tags} == {"mlflow.data.context": "training"}


def test_logged_models_of_mlflow_3_are_not_known(mlflow_client: Any, mlflow_experiment: str) -> None:
    if not hasattr(mlflow_client, "create_logged_model"):
        pytest.skip("this MLflow has no logged models")
    with pytest.raises(
        MlflowException, match=r"logged-models failed with error code 404 != 200. Response body: ''"
    ):
        mlflow_client.create_logged_model(mlflow_experiment)
    assert list(mlflow_client.search_logged_models([mlflow_experiment])) == []
