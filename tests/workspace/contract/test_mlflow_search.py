"""Searches of MLflow over runs and experiments of the workspace: filters, orders, pages."""

from __future__ import annotations

import uuid
from typing import Any

import mlflow
import pytest
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import RestException

NOW = 1_700_000_000_000


@pytest.fixture
def three_runs(mlflow_client: Any, mlflow_experiment: str) -> tuple[Any, str, dict[str, str]]:
    """The client, an experiment, and the names of its runs by their ids."""
    runs = {}
    for number, name in enumerate(["one", "two", "three"]):
        info = mlflow_client.create_run(mlflow_experiment, start_time=NOW + 1000 * number, run_name=name).info
        mlflow_client.log_batch(
            info.run_id,
            metrics=[Metric("loss", 0.5 - number / 10, NOW, 0), Metric("val loss", number, NOW, 0)],
            params=[Param("rate", f"0.{number}"), Param("model", "Linear" if number else "tree")],
            tags=[RunTag("stage", f"s{number}"), RunTag("a.b-c", "x")],
        )
        runs[info.run_id] = name
    one = next(iter(runs))
    mlflow_client.set_terminated(one, "FAILED", end_time=NOW + 5000)
    return mlflow_client, mlflow_experiment, runs


def found(three_runs: tuple[Any, str, dict[str, str]], filter_string: str = "", **kwargs: Any) -> list[str]:
    client, experiment, runs = three_runs
    return [runs[run.info.run_id] for run in client.search_runs([experiment], filter_string, **kwargs)]


@pytest.mark.parametrize(
    ("filter_string", "names"),
    [
        ("metrics.loss < 0.45", ["three", "two"]),
        ("metrics.loss >= 0.4 and metrics.loss != 0.5", ["two"]),
        ("params.rate = '0.1'", ["two"]),
        ("params.rate != '0.1'", ["three", "one"]),
        ("params.model LIKE 'Lin%'", ["three", "two"]),
        ("params.model ILIKE 'TR%'", ["one"]),
        ("tags.stage = 's2'", ["three"]),
        ("tags.`a.b-c` = 'x' AND tags.stage = \"s1\"", ["two"]),
        ("attributes.run_name = 'one'", ["one"]),
        ("run_name LIKE 't%'", ["three", "two"]),
        ("attributes.status = 'FAILED'", ["one"]),
        ("status != 'FAILED'", ["three", "two"]),
        (f"attributes.start_time > {NOW}", ["three", "two"]),
        ("metrics.nothing > 0", []),
        ("params.`no such` = 'x'", []),
    ],
)
def test_runs_are_filtered(three_runs: Any, filter_string: str, names: list[str]) -> None:
    assert found(three_runs, filter_string) == names


@pytest.mark.parametrize(
    ("filter_string", "names"),
    [
        ("attributes.status = 'Failed'", ["one"]),
        (f"attributes.start_time > '{NOW}'", ["three", "two"]),
        ("attributes.creation_time > '0'", ["three", "two", "one"]),
        ("attributes.duration > '4999'", ["one"]),
        ("attributes.duration > 5000", []),
        ("params.start_time = '1' and attributes.duration > '1'", []),
    ],
)
def test_attributes_of_azure_are_compared_with_texts(
    three_runs: Any, filter_string: str, names: list[str]
) -> None:
    assert (
        found(three_runs, f"{filter_string} and attributes.status LIKE '%' and attributes.start_time > '1'")
        == names
    )


def test_runs_are_found_by_their_ids(three_runs: Any) -> None:
    one, two, _ = three_runs[2]
    assert found(three_runs, f"attributes.run_id IN ('{one}', '{two}')") == ["two", "one"]


def test_the_latest_run_comes_first(three_runs: Any) -> None:
    assert found(three_runs) == ["three", "two", "one"]


def test_runs_are_ordered_by_attributes(three_runs: Any) -> None:
    assert found(three_runs, order_by=["attributes.start_time ASC"]) == ["one", "two", "three"]
    assert found(three_runs, order_by=["run_name DESC"]) == ["two", "three", "one"]
    assert found(three_runs, order_by=["attributes.duration DESC"])[0] == "one"


@pytest.mark.parametrize("order", ["metrics.loss ASC", "params.rate", "tags.stage DESC"])
def test_runs_are_not_ordered_by_anything_else(three_runs: Any, order: str) -> None:
    with pytest.raises(RestException) as caught:
        found(three_runs, order_by=[order])
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize(
    "filter_string", ["tags.stage != 's1'", "metrics.`val loss` > 0", 'metrics."val loss" > 0']
)
def test_filters_that_azure_does_not_support_are_refused(three_runs: Any, filter_string: str) -> None:
    with pytest.raises(RestException, match="not supported"):
        found(three_runs, filter_string)


@pytest.mark.parametrize(
    "filter_string",
    ["nonsense", "metrics.loss > 'x'", "params.a = '1' OR params.a = '2'", "attributes.nothing = '1'"],
)
def test_filters_that_nobody_can_read_are_refused(three_runs: Any, filter_string: str) -> None:
    with pytest.raises(RestException) as caught:
        found(three_runs, filter_string)
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


def test_runs_come_page_by_page(three_runs: Any) -> None:
    client, experiment, runs = three_runs
    first = client.search_runs([experiment], max_results=2)
    second = client.search_runs([experiment], max_results=2, page_token=first.token)
    assert [[runs[run.info.run_id] for run in page] for page in (first, second)] == [
        ["three", "two"],
        ["one"],
    ]
    assert not second.token


def test_runs_are_found_with_all_that_they_have(three_runs: Any) -> None:
    client, experiment, _ = three_runs
    (run,) = client.search_runs([experiment], "attributes.run_name = 'two'")
    whole = client.get_run(run.info.run_id)
    assert (dict(run.info), run.data.to_dictionary()) == (dict(whole.info), whole.data.to_dictionary())


def test_children_are_found_by_their_parent(mlflow_client: Any, mlflow_experiment: str) -> None:
    with (
        mlflow.start_run(experiment_id=mlflow_experiment) as parent,
        mlflow.start_run(experiment_id=mlflow_experiment, nested=True) as child,
    ):
        pass
    (found,) = mlflow_client.search_runs(
        [mlflow_experiment], f"tags.mlflow.parentRunId = '{parent.info.run_id}'"
    )
    assert found.info.run_id == child.info.run_id


def test_experiments_are_filtered_and_ordered(mlflow_client: Any) -> None:
    stem = f"harness-contract-{uuid.uuid4().hex[:12]}"
    ids = [mlflow_client.create_experiment(f"{stem}-{n}", tags={"stem": stem, "n": str(n)}) for n in range(3)]

    def names(filter_string: str, **kwargs: Any) -> list[str]:
        found = mlflow_client.search_experiments(filter_string=filter_string, **kwargs)
        return [experiment.name.rpartition("-")[2] for experiment in found]

    assert names(f"tags.stem = '{stem}'") == ["2", "1", "0"]
    assert names(f"name LIKE '{stem}%' and tags.n != '1'") == ["2", "0"]
    assert names(f"name ILIKE '{stem.upper()}%' and creation_time > 0", order_by=["name ASC"]) == [
        "0",
        "1",
        "2",
    ]
    assert names(f"experiment_id IN ('{ids[0]}', '{ids[2]}')") == ["2", "0"]
    page = mlflow_client.search_experiments(filter_string=f"tags.stem = '{stem}'", max_results=2)
    rest = mlflow_client.search_experiments(
        filter_string=f"tags.stem = '{stem}'", max_results=2, page_token=page.token
    )
    assert [len(page), len(rest), rest.token] == [2, 1, None]
