"""One store of runs: what a client of SDK v1 writes MLflow reads, and the other way round."""

from __future__ import annotations

import math
from typing import Any

import mlflow
import pytest
from azureml.core import Experiment, Run
from mlflow.entities import Metric


def test_a_run_of_sdk_v1_is_a_run_of_mlflow(sdk: Any, experiment: Any, mlflow_client: Any) -> None:
    run = experiment.start_logging(display_name="shown")
    run.tag("stage", "two")
    run.tag("empty")
    seen = mlflow_client.get_run(run.id)
    assert seen.info.run_id == run.id
    assert seen.info.experiment_id == experiment.id
    assert (seen.info.status, seen.info.run_name, seen.info.lifecycle_stage) == ("RUNNING", "shown", "active")
    assert (seen.data.tags["stage"], seen.data.tags["empty"]) == ("two", "")
    assert (seen.data.tags["mlflow.rootRunId"], seen.data.tags["mlflow.runName"]) == (run.id, "shown")
    assert mlflow_client.get_experiment(experiment.id).name == experiment.name
    run.complete()
    seen = mlflow_client.get_run(run.id)
    assert seen.info.status == "FINISHED"
    assert seen.info.end_time >= seen.info.start_time


def test_half_of_a_surrogate_pair_is_another_character(run: Any, mlflow_client: Any) -> None:
    run.log("a\ud800", 1)
    run.flush()
    run.tag("stage", "\udfff")
    data = mlflow_client.get_run(run.id).data
    assert data.metrics == {"a\ufffd": 1.0}
    assert data.tags["stage"] == "\ufffd"


def test_a_failed_run_of_sdk_v1(run: Any, mlflow_client: Any) -> None:
    run.fail("it broke")
    assert mlflow_client.get_run(run.id).info.status == "FAILED"


def test_a_canceled_run_of_sdk_v1(run: Any, mlflow_client: Any) -> None:
    run.cancel()
    assert mlflow_client.get_run(run.id).info.status == "KILLED"


def test_a_run_of_mlflow_is_a_run_of_sdk_v1(sdk: Any, experiment: Any, mlflow_client: Any) -> None:
    made = mlflow_client.create_run(experiment.id, run_name="made", start_time=1_700_000_000_000)
    mlflow_client.set_tag(made.info.run_id, "stage", "two")
    run = Run.get(sdk, made.info.run_id)
    assert (run.id, run.display_name, run.get_status()) == (made.info.run_id, "made", "Running")
    assert run.experiment.name == experiment.name
    assert run.get_tags()["stage"] == "two"
    assert run.properties["mlflow.artifactUri"] == made.info.artifact_uri
    run.tag("stage", "three")
    assert mlflow_client.get_run(run.id).data.tags["stage"] == "three"
    mlflow_client.set_terminated(run.id, "FAILED")
    assert run.get_status() == "Failed"
    assert run.get_details()["startTimeUtc"].startswith("2023-11-14T22:13:20")


def test_an_experiment_is_the_same_one(sdk: Any, experiment: Any, mlflow_client: Any) -> None:
    assert mlflow_client.get_experiment_by_name(experiment.name).experiment_id == experiment.id
    mlflow_client.set_experiment_tag(experiment.id, "from", "mlflow")
    assert Experiment(sdk, experiment.name).tags["from"] == "mlflow"
    Experiment(sdk, experiment.name).archive()
    assert mlflow_client.get_experiment(experiment.id).lifecycle_stage == "deleted"


def test_a_run_that_mlflow_deletes_is_hidden_from_sdk_v1(experiment: Any, mlflow_client: Any) -> None:
    made = mlflow_client.create_run(experiment.id)
    assert [run.id for run in experiment.get_runs()] == [made.info.run_id]
    mlflow_client.delete_run(made.info.run_id)
    assert list(experiment.get_runs()) == []


def test_metrics_of_mlflow_are_metrics_of_sdk_v1(sdk: Any, experiment: Any, mlflow_client: Any) -> None:
    made = mlflow_client.create_run(experiment.id).info.run_id
    mlflow_client.log_metric(made, "once", 1.5)
    mlflow_client.log_metric(made, "not a number", math.nan)
    mlflow_client.log_batch(
        made, metrics=[Metric("list", value, 1_700_000_000_000, 0) for value in (3, 1, 3)]
    )
    found = Run.get(sdk, made).get_metrics()
    assert math.isnan(found.pop("not a number"))
    assert found == {"once": 1.5, "list": [3.0, 1.0, 3.0]}


@pytest.mark.parametrize(
    ("value", "seen"),
    [(3, 3.0), (2.5, 2.5), (2**53 + 1, 2.0**53)],
)
def test_numbers_of_sdk_v1_are_metrics_of_mlflow(
    run: Any, mlflow_client: Any, value: Any, seen: float
) -> None:
    run.log("m", value)
    run.flush()
    assert mlflow_client.get_run(run.id).data.metrics == {"m": seen}
    (point,) = mlflow_client.get_metric_history(run.id, "m")
    assert (point.value, point.step) == (seen, 0)


def test_truth_values_of_sdk_v1_are_1_and_0_for_mlflow(run: Any, mlflow_client: Any) -> None:
    run.log("yes", True)
    run.log("no", False)
    run.flush()
    assert mlflow_client.get_run(run.id).data.metrics == {"yes": 1.0, "no": 0.0}


def test_an_integer_of_sdk_v1_beyond_a_double_is_an_infinity_for_mlflow(run: Any, mlflow_client: Any) -> None:
    run.log("large", 10**400)
    run.log("small", -(10**400))
    run.flush()
    assert mlflow_client.get_run(run.id).data.metrics == {"large": math.inf, "small": -math.inf}


def test_a_list_of_sdk_v1_is_a_history_of_mlflow(run: Any, mlflow_client: Any) -> None:
    run.log_list("list", [3, 1, 2])
    for value in (1, 2.5):
        run.log("series", value)
    for step in (5, 1):
        run.log("stepped", step * 10, step=step)
    run.flush()
    assert [point.value for point in mlflow_client.get_metric_history(run.id, "list")] == [3.0, 1.0, 2.0]
    assert [point.value for point in mlflow_client.get_metric_history(run.id, "series")] == [1.0, 2.5]
    stepped = mlflow_client.get_metric_history(run.id, "stepped")
    assert [(point.step, point.value) for point in stepped] == [(5, 50.0), (1, 10.0)]
    last = mlflow_client.get_run(run.id).data.metrics
    assert (last["list"], last["series"], last["stepped"]) == (2.0, 2.5, 50.0)


def test_what_is_not_a_number_in_sdk_v1_is_no_metric_of_mlflow(run: Any, mlflow_client: Any) -> None:
    run.log("text", "a")
    run.log("none", None)
    run.log_list("gaps", [1, None])
    run.log_row("row", x=1, y=2)
    run.log_table("table", {"x": [1, 2]})
    run.log("number", 1)
    run.flush()
    assert mlflow_client.get_run(run.id).data.metrics.keys() <= {"number", "gaps"}
    for name in ("text", "none", "row", "table"):
        assert mlflow_client.get_metric_history(run.id, name) == []
    assert [point.value for point in mlflow_client.get_metric_history(run.id, "gaps")] == [1.0]


def test_one_metric_may_have_values_of_both(run: Any, mlflow_client: Any) -> None:
    run.log("m", 1)
    run.flush()
    mlflow_client.log_metric(run.id, "m", 2.5)
    assert run.get_metrics() == {"m": [1.0, 2.5]}
    assert [point.value for point in mlflow_client.get_metric_history(run.id, "m")] == [1.0, 2.5]


def test_a_metric_of_text_takes_no_numbers_of_mlflow(run: Any, mlflow_client: Any) -> None:
    run.log("m", "text")
    run.flush()
    with pytest.raises(mlflow.MlflowException) as caught:
        mlflow_client.log_metric(run.id, "m", 2.5)
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    assert run.get_metrics() == {"m": "text"}


def test_children_are_children_to_both(sdk: Any, experiment: Any, mlflow_client: Any) -> None:
    parent = experiment.start_logging()
    child = parent.child_run("child")
    assert mlflow_client.get_run(child.id).data.tags["mlflow.parentRunId"] == parent.id
    made = mlflow_client.create_run(experiment.id, tags={"mlflow.parentRunId": parent.id})
    assert {run.id for run in parent.get_children()} == {child.id, made.info.run_id}
    assert Run.get(sdk, made.info.run_id).parent.id == parent.id
    found = mlflow_client.search_runs([experiment.id], f"tags.mlflow.parentRunId = '{parent.id}'")
    assert {run.info.run_id for run in found} == {child.id, made.info.run_id}
