"""Recipes, readings and stores that tell something wrong of a run: the entry must notice, by a named check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from harness.spec import LoadedEntry
from harness.testbed import TestBed

pytestmark = pytest.mark.once

TEXT = (Path(__file__).parents[2] / "specs" / "runs" / "view-run-info.yaml").read_text(encoding="utf-8")

FAILED = 2
CANCELED = 3
"""Examples of the entry by how the run ended, counted from 1."""


def example(number: int, recipe: str = "recommended") -> str:
    return f"example.{number}-ticking[{recipe}-sqlite]"


SENSITIVITY = "sensitivity[recommended-sqlite]"

FEW: Mapping[str, Any] = {
    "-mlflow/guide": None,
    "-divergences": None,
    "-claims": None,
    "-v1/refuses": None,
    "-examples/3": None,
}


def log(
    ended: str = "ended", more: str = "run_name=name", experiment: str = "experiment_name"
) -> dict[str, Any]:
    words = '{"completed": "FINISHED", "failed": "FAILED", "canceled": "KILLED"}'
    return {
        "mlflow/guide/log": (
            f"mlflow.set_experiment({experiment})\nmlflow.start_run({more})\nmlflow.end_run({words}[{ended}])\n"
        )
    }


def reading(what: str) -> dict[str, Any]:
    """Both sides read this alone."""
    read = {
        "status": ("azureml_run.get_status()", "info.status"),
        "name": ("azureml_run.display_name", "info.run_name"),
    }
    of_v1, of_mlflow = read[what]
    return {
        **FEW,
        "v1/read": f"azureml_run = Run.get(workspace, started[-1])\n{of_v1}\n",
        "mlflow/recommended/read": f"info = client.get_run(started[-1]).info\n{of_mlflow}\n",
    }


RECIPES: dict[str, tuple[Mapping[str, Any], str, str]] = {
    "always finished": (log(ended='"completed"'), example(CANCELED, "guide"), "Completed"),
    "failed for canceled": (
        log(ended='"failed" if ended == "canceled" else ended'),
        example(CANCELED, "guide"),
        "Failed",
    ),
    "no name": (log(more=""), example(1, "guide"), "sample_run"),
    "name in capitals": (log(more="run_name=name.upper()"), example(1, "guide"), "SAMPLE_RUN"),
    "one experiment for all": (log(experiment='"all"'), example(1, "guide"), "'all'"),
    "two runs": (
        {"mlflow/guide/log": log()["mlflow/guide/log"] * 2},
        example(1, "guide"),
        "got 2",
    ),
    "no word of why": (
        {"mlflow/recommended/log": log()["mlflow/guide/log"]},
        example(FAILED),
        "got None",
    ),
    "the name alone is read": (reading("name"), SENSITIVITY, "v1 reads the same when"),
    "the status alone is read": (reading("status"), SENSITIVITY, "v1 reads the same when"),
}


def check(verify: Callable[..., Any], bed: TestBed, loaded: LoadedEntry, name: str) -> Any:
    return verify(bed, loaded, only=name.__eq__).results[name]


@pytest.mark.parametrize(("changes", "noticed_by", "says"), RECIPES.values(), ids=RECIPES)
def test_a_run_that_is_told_wrong_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    changes: Mapping[str, Any],
    noticed_by: str,
    says: str,
) -> None:
    result = check(verify, bed, entry_from(TEXT, changes), noticed_by)
    assert result.outcome == "failed", result.message
    assert says in result.message


Fault = Callable[[pytest.MonkeyPatch], None]


def ends(spoiled: Callable[[Any, Any], tuple[Any, Any]]) -> Fault:
    """The store keeps another status or end of a run than it got."""
    honest = SqlAlchemyStore.update_run_info

    def update_run_info(
        self: SqlAlchemyStore, run_id: str, run_status: Any, end_time: Any, run_name: Any
    ) -> Any:
        return honest(self, run_id, *spoiled(run_status, end_time), run_name)

    return lambda patch: patch.setattr(SqlAlchemyStore, "update_run_info", update_run_info)


def found(change: Callable[[Any], None]) -> Fault:
    """The client gives another info of a run than the store has."""
    honest = MlflowClient.get_run

    def get_run(self: MlflowClient, run_id: str) -> Any:
        run = honest(self, run_id)
        change(run.info)
        return run

    return lambda patch: patch.setattr(MlflowClient, "get_run", get_run)


def attribute(name: str, spoiled: Callable[[Any], Any]) -> Fault:
    return found(lambda info: setattr(info, f"_{name}", spoiled(getattr(info, name))))


STORES: dict[str, tuple[Fault, str]] = {
    "keeps every end as finished": (ends(lambda status, end: (3, end)), example(FAILED)),
    "keeps an end before the start": (ends(lambda status, end: (status, 1)), example(1)),
    "has no end": (attribute("end_time", lambda end: None), example(1)),
    "has a start in seconds": (attribute("end_time", lambda end: end // 1000), example(1)),
    "has another id": (attribute("run_id", str.upper), example(1)),
    "has another experiment": (attribute("experiment_id", lambda given: "0"), example(1)),
    "cuts the name": (attribute("run_name", lambda name: name[:8]), example(1)),
}


@pytest.mark.parametrize(("fault", "name"), STORES.values(), ids=STORES)
def test_a_store_that_tells_a_run_wrong_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    name: str,
) -> None:
    loaded = entry_from(TEXT)
    assert check(verify, bed, loaded, name).outcome == "passed"
    fault(monkeypatch)
    assert check(verify, bed, loaded, name).outcome == "failed"
