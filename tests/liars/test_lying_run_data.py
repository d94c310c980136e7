"""Recipes, readings and stores that lose something of a run's data: the entry must notice, by a named check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import RunData
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from harness.spec import LoadedEntry
from harness.testbed import TestBed

pytestmark = pytest.mark.once

TEXT = (Path(__file__).parents[2] / "specs" / "runs" / "view-run-data.yaml").read_text(encoding="utf-8")

GUIDES = 1
TWO_TAGS = 2
NO_VALUE = 3
SET_AGAIN = 4
NUMBER_AND_EMPTY = 5
"""Examples of the entry, counted from 1."""


def example(number: int, recipe: str) -> str:
    return f"example.{number}-ticking[{recipe}-sqlite]"


def lines_of(recipe: str, key: str) -> list[str]:
    """The code of a recipe of the entry."""
    after = TEXT.partition(f"  {recipe}:\n")[2].partition(f"    {key}: |\n")[2]
    lines = after.splitlines()
    end = next(index for index, line in enumerate(lines) if line and not line.startswith("      "))
    return [line.removeprefix("      ") for line in lines[:end]]


def guide_log(old: str, new: str) -> dict[str, Any]:
    log = "\n".join([*lines_of("guide", "log"), ""])
    assert old in log
    return {"mlflow/guide/log": log.replace(old, new)}


def recommended(key: str, old: str, new: str) -> dict[str, Any]:
    code = "\n".join([*lines_of("recommended", key), ""])
    assert old in code
    return {f"mlflow/recommended/{key}": code.replace(old, new)}


FEW: Mapping[str, Any] = {"-divergences": None, "-v1/refuses": None, "-mlflow/recommended": None}


def both(v1: str, mlflow: str) -> dict[str, Any]:
    """Each side reads less than it could, of which no difference is left."""
    return {**FEW, "v1/read": v1, "mlflow/guide/read": mlflow}


RECIPES: dict[str, tuple[Mapping[str, Any], str, str]] = {
    "no tags are set": (guide_log("mlflow.set_tags(some)", "pass"), example(TWO_TAGS, "guide"), "missing"),
    "tags become params": (guide_log("set_tags", "log_params"), example(TWO_TAGS, "guide"), "missing"),
    "the first value of a metric": (
        guide_log("for metric in metrics:", "for metric in metrics[::-1]:"),
        example(GUIDES, "guide"),
        "expected 4, got 1.0",
    ),
    "the first value of a tag": (
        guide_log("for some in tags:", "for some in tags[::-1]:"),
        example(SET_AGAIN, "guide"),
        "expected 'done'",
    ),
    "no value is an empty text": (
        recommended("read", "text or None", "text"),
        example(NO_VALUE, "recommended"),
        "expected None, got ''",
    ),
    "an empty text is no value": (
        recommended("log", "not text or ", ""),
        example(NUMBER_AND_EMPTY, "recommended"),
        "expected '', got None",
    ),
    "MLflow's own tags are read too": (
        {
            "mlflow/guide/read": 'data = client.get_run(run_id).data\n{"metrics": data.metrics, "tags": data.tags}\n'
        },
        example(GUIDES, "guide"),
        "extra",
    ),
    "what was logged is not read": (
        {**FEW, "mlflow/guide/read": '{"metrics": columns_of(metrics), "tags": tags_of(tags)}'},
        "sensitivity[guide-sqlite]",
        "nothing is logged",
    ),
    "names alone": (
        both(
            "[[*run.get_metrics()], [*run.get_tags()]]",
            "data = client.get_run(run_id).data\n[[*data.metrics], [*tags_of([data.tags])]]\n",
        ),
        "sensitivity[guide-sqlite]",
        "v1 reads the same when the value of input `tags`",
    ),
    "tags alone": (
        both("run.get_tags()", "tags_of([client.get_run(run_id).data.tags])"),
        "sensitivity[guide-sqlite]",
        "v1 reads the same when the value of input `metrics`",
    ),
}


def check(verify: Callable[..., Any], bed: TestBed, loaded: LoadedEntry, name: str) -> Any:
    return verify(bed, loaded, only=name.__eq__).results[name]


@pytest.mark.parametrize(("changes", "noticed_by", "says"), RECIPES.values(), ids=RECIPES)
def test_data_of_a_run_that_are_told_wrong_are_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    changes: Mapping[str, Any],
    noticed_by: str,
    says: str,
) -> None:
    result = check(verify, bed, entry_from(TEXT, changes), noticed_by)
    assert result.outcome == "failed"
    assert says in result.message


def in_data(change: Callable[[RunData], None]) -> Callable[[pytest.MonkeyPatch], None]:
    """The store gives other data of a run than it has."""
    honest = SqlAlchemyStore.get_run

    def faulty(self: SqlAlchemyStore, run_id: str) -> Any:
        run = honest(self, run_id)
        change(run.data)
        return run

    return lambda patch: patch.setattr(SqlAlchemyStore, "get_run", faulty)


def rounds(data: RunData) -> None:
    for key, value in data.metrics.items():
        data.metrics[key] = float(round(value))


def of_another_case(data: RunData) -> None:
    for key in list(data.tags):
        data.tags[key.upper()] = data.tags.pop(key)


def keeps_the_first(patch: pytest.MonkeyPatch) -> None:
    """A tag that is there is not set again."""
    honest = MlflowClient.log_batch

    def faulty(
        self: MlflowClient, run_id: str, metrics: Any = (), params: Any = (), tags: Any = (), **kwargs: Any
    ) -> Any:
        known = self.get_run(run_id).data.tags
        return honest(self, run_id, metrics, params, [tag for tag in tags if tag.key not in known], **kwargs)

    patch.setattr(MlflowClient, "log_batch", faulty)


STORES: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], int]] = {
    "rounds metrics": (in_data(rounds), TWO_TAGS),
    "gives a metric of nobody": (in_data(lambda data: data.metrics.update(other=1.0)), GUIDES),
    "loses all metrics": (in_data(lambda data: data.metrics.clear()), GUIDES),
    "loses a tag": (in_data(lambda data: data.tags.pop("stage", None)), TWO_TAGS),
    "gives a tag of nobody": (in_data(lambda data: data.tags.update(other="")), GUIDES),
    "has capitals in names": (in_data(of_another_case), TWO_TAGS),
    "never sets a tag again": (keeps_the_first, SET_AGAIN),
}


@pytest.mark.parametrize(("fault", "number"), STORES.values(), ids=STORES)
def test_a_store_that_spoils_data_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[pytest.MonkeyPatch], None],
    number: int,
) -> None:
    loaded, name = entry_from(TEXT), example(number, "guide")
    assert check(verify, bed, loaded, name).outcome == "passed"
    fault(monkeypatch)
    assert check(verify, bed, loaded, name).outcome == "failed"
