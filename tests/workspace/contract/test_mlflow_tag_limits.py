"""What MLflow writes of a run or an experiment falls under the same limits as what SDK v1 writes."""

from __future__ import annotations

from typing import Any

import pytest
from mlflow.entities import RunTag
from mlflow.exceptions import MlflowException


def refused(log: Any, *args: Any) -> str:
    with pytest.raises(MlflowException, match="is over the size limit") as raised:
        log(*args)
    return str(raised.value)


def test_a_tag_of_mlflow_over_a_limit_is_refused(mlflow_client: Any, mlflow_run: str) -> None:
    before = mlflow_client.get_run(mlflow_run).data.tags
    assert "Limit=1000, Size=1001" in refused(mlflow_client.set_tag, mlflow_run, "k", "x" * 1001)
    assert "Limit=100, Size=101" in refused(mlflow_client.set_tag, mlflow_run, "k" * 101, "x")
    assert mlflow_client.get_run(mlflow_run).data.tags == before
    mlflow_client.set_tag(mlflow_run, "k" * 100, "x" * 1000)
    assert mlflow_client.get_run(mlflow_run).data.tags == {**before, "k" * 100: "x" * 1000}


def test_a_batch_of_mlflow_with_too_many_tags_is_refused(mlflow_client: Any, mlflow_run: str) -> None:
    before = mlflow_client.get_run(mlflow_run).data.tags
    tags = [RunTag(f"t{number}", "1") for number in range(51)]
    assert "Limit=50" in refused(lambda: mlflow_client.log_batch(mlflow_run, tags=tags))
    assert mlflow_client.get_run(mlflow_run).data.tags == before


def test_a_run_that_mlflow_starts_with_too_many_tags_is_refused(
    mlflow_client: Any, mlflow_experiment: str
) -> None:
    tags = {f"t{number}": "1" for number in range(51)}
    assert "Limit=50" in refused(lambda: mlflow_client.create_run(mlflow_experiment, tags=tags))
    assert list(mlflow_client.search_runs([mlflow_experiment])) == []


def test_a_name_of_a_run_of_mlflow_over_the_limit_is_refused(mlflow_client: Any, mlflow_run: str) -> None:
    refused(lambda: mlflow_client.update_run(mlflow_run, name="n" * 257))


def test_an_experiment_of_mlflow_has_at_most_50_tags(mlflow_client: Any, mlflow_experiment: str) -> None:
    for number in range(50):
        mlflow_client.set_experiment_tag(mlflow_experiment, f"t{number}", "1")
    assert "Limit=50, Size=51" in refused(
        mlflow_client.set_experiment_tag, mlflow_experiment, "one more", "1"
    )
