"""What is logged as a metric through MLflow is what is read back through it."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mlflow
import pytest
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException, RestException

NOW = 1_700_000_000_000


def history(client: Any, run_id: str, key: str) -> list[tuple[float, int, int]]:
    return [(one.value, one.step, one.timestamp) for one in client.get_metric_history(run_id, key)]


@pytest.mark.parametrize(
    "value", [0, -0.0, 1.5, 5e-324, 1.7976931348623157e308, 2**53, -math.inf, math.inf, math.nan]
)
def test_a_value_comes_back(mlflow_client: Any, mlflow_run: str, value: float) -> None:
    mlflow_client.log_metric(mlflow_run, "m", value, timestamp=NOW, step=-7)
    assert repr(mlflow_client.get_run(mlflow_run).data.metrics) == repr({"m": float(value)})
    assert repr(history(mlflow_client, mlflow_run, "m")) == repr([(float(value), -7, NOW)])


def test_every_value_is_kept_also_the_same_one_twice(mlflow_client: Any, mlflow_run: str) -> None:
    values = [1.0, 2.0, 3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0]
    mlflow_client.log_batch(mlflow_run, metrics=[Metric("list", value, NOW, 0) for value in values])
    assert [value for value, _, _ in history(mlflow_client, mlflow_run, "list")] == values


def test_values_come_back_in_the_order_of_their_times(mlflow_client: Any, mlflow_run: str) -> None:
    for value, time, step in [(1, NOW + 2, 0), (2, NOW + 1, 5), (3, NOW + 3, -1)]:
        mlflow_client.log_metric(mlflow_run, "m", value, timestamp=time, step=step)
    assert [value for value, _, _ in history(mlflow_client, mlflow_run, "m")] == [2, 1, 3]


@pytest.mark.parametrize(
    ("points", "last"),
    [
        ([(9.0, 1, 5), (8.0, 2, 4), (1.0, 3, 3)], 9.0),
        ([(1.0, 1, 0), (3.0, 2, 0), (2.0, 3, 0)], 2.0),
        ([(1.0, 1, 0), (3.0, 1, 0), (2.0, 1, 0)], 2.0),
        ([(1.0, 1, -2), (2.0, 1, -3)], 1.0),
    ],
)
def test_the_last_value_is_that_of_the_largest_step_then_time_then_arrival(
    mlflow_client: Any, mlflow_run: str, points: list[tuple[float, int, int]], last: float
) -> None:
    metrics = [Metric("m", value, NOW + time, step) for value, time, step in points]
    mlflow_client.log_batch(mlflow_run, metrics=metrics)
    assert mlflow_client.get_run(mlflow_run).data.metrics == {"m": last}


def test_a_long_history_comes_back(mlflow_client: Any, mlflow_run: str) -> None:
    for start in range(0, 1000, 250):
        batch = [Metric("m", value, NOW + value // 3, value) for value in range(start, start + 250)]
        mlflow_client.log_batch(mlflow_run, metrics=batch)
    assert [value for value, _, _ in history(mlflow_client, mlflow_run, "m")] == list(range(1000))


def test_a_metric_that_is_not_there_has_no_history(mlflow_client: Any, mlflow_run: str) -> None:
    assert history(mlflow_client, mlflow_run, "m") == []


@pytest.mark.parametrize(
    "key", ["a b", "a/b", "..", "\N{SNOWMAN}", "a%2Fb", "`", "'\"", "a.b-c:d", "é" * 200]
)
def test_a_name_comes_back(mlflow_client: Any, mlflow_run: str, key: str) -> None:
    mlflow_client.log_batch(mlflow_run, metrics=[Metric(key, 1, NOW, 0)])
    assert mlflow_client.get_run(mlflow_run).data.metrics == {key: 1.0}
    assert history(mlflow_client, mlflow_run, key) == [(1.0, 0, NOW)]


def test_a_batch_of_251_values_of_a_metric_is_refused(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.log_batch(mlflow_run, metrics=[Metric("m", value, NOW, value) for value in range(250)])
    with pytest.raises(
        RestException, match=r"FieldName=MetricV2Dto.Value/Count, Limit=250, Size=251"
    ) as caught:
        mlflow_client.log_batch(
            mlflow_run,
            metrics=[Metric("n", value, NOW, value) for value in range(251)],
            params=[Param("p", "v")],
            tags=[RunTag("t", "v")],
        )
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    back = mlflow_client.get_run(mlflow_run).data
    assert (back.metrics, back.params) == ({"m": 249.0}, {})
    assert "t" not in back.tags


def test_a_batch_of_metrics_params_and_tags(mlflow_client: Any, mlflow_run: str) -> None:
    mlflow_client.log_batch(
        mlflow_run,
        metrics=[Metric("m", 1, NOW, 0), Metric("n", 2, NOW, 3)],
        params=[Param("p", "v")],
        tags=[RunTag("t", "w")],
    )
    back = mlflow_client.get_run(mlflow_run).data
    assert (back.metrics, back.params, back.tags["t"]) == ({"m": 1.0, "n": 2.0}, {"p": "v"}, "w")


def test_what_is_logged_asynchronously_is_there_when_it_is_waited_for(
    mlflow_client: Any, mlflow_experiment: str
) -> None:
    with mlflow.start_run(experiment_id=mlflow_experiment) as run:
        mlflow.log_metric("m", 1, synchronous=False).wait()
        mlflow.log_metrics({"n": 2, "o": 3}, step=1, synchronous=False).wait()
        mlflow.log_params({"p": "v"}, synchronous=False).wait()
        mlflow.set_tag("t", "w", synchronous=False).wait()
    back = mlflow_client.get_run(run.info.run_id).data
    assert (back.metrics, back.params, back.tags["t"]) == ({"m": 1.0, "n": 2.0, "o": 3.0}, {"p": "v"}, "w")


def test_metrics_of_a_run_that_is_not_there_are_refused(mlflow_client: Any) -> None:
    with pytest.raises(MlflowException, match="was not found"):
        mlflow_client.log_metric("0" * 32, "m", 1)


def test_eight_threads_log_at_once(mlflow_client: Any, mlflow_run: str) -> None:
    def log(thread: int) -> None:
        for number in range(20):
            mlflow_client.log_metric(
                mlflow_run, "m", thread * 100 + number, timestamp=NOW + number, step=number
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(log, range(8)))
    values = [value for value, _, _ in history(mlflow_client, mlflow_run, "m")]
    assert sorted(values) == sorted(thread * 100 + number for thread in range(8) for number in range(20))
    assert [value for value in values if value < 100] == list(range(20))
