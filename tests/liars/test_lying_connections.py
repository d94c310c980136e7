"""Connections that lead elsewhere, and entries on them that look at too little: a check that is named must notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.spec import LoadedEntry
from harness.testbed import TestBed
from harness.workspace import opening
from harness.workspace.routes.mlflow import experiments

pytestmark = pytest.mark.once

FOLDER = Path(__file__).parents[2] / "specs" / "workspace"
TEXTS = {
    name: (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    for name in ("connect-on-compute", "connect-remote")
}

ANOTHER_RUN = """
with on_compute(run_id):
    with mlflow.start_run():
        pass
    mlflow.log_metric(name, value)
"""
OUTSIDE = """
with remotely():
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.log_metric(name, value)
"""
ENDS_THE_RUN = """
with on_compute(run_id):
    mlflow.log_metric(name, value)
client.set_terminated(run_id)
"""
NO_TRACKING_URI = """
import os
from pathlib import Path
os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
with remotely():
    mlflow.set_tracking_uri(Path("mlruns").absolute())
    mlflow.set_experiment(experiment_name)
    with mlflow.start_run():
        mlflow.log_metric(metric, value)
"""
NO_EXPERIMENT = """
with remotely():
    mlflow.set_tracking_uri(tracking_uri)
    with mlflow.start_run():
        mlflow.log_metric(metric, value)
"""
FIRST = "example.1-ticking[guide-azureml]"
SECOND = "example.2-ticking[guide-azureml]"
SENSITIVITY = "sensitivity[guide-azureml]"

LIARS: dict[str, tuple[str, Mapping[str, Any], str, str]] = {
    "a second run in the job": (
        "connect-on-compute",
        {"mlflow/guide/log": ANOTHER_RUN},
        FIRST,
        "which is missing",
    ),
    "a run beside the job": ("connect-on-compute", {"mlflow/guide/log": OUTSIDE}, FIRST, "which is missing"),
    "the run of the job is ended": (
        "connect-on-compute",
        {"mlflow/guide/log": ENDS_THE_RUN},
        FIRST,
        "got 'FINISHED'",
    ),
    "the status alone": (
        "connect-on-compute",
        {"v1/read": "run.get_status().upper()", "mlflow/guide/read": "client.get_run(run_id).info.status"},
        SENSITIVITY,
        "nothing is logged",
    ),
    "another store": ("connect-remote", {"mlflow/guide/log": NO_TRACKING_URI}, FIRST, "which is missing"),
    "the experiment that is there anyway": (
        "connect-remote",
        {"mlflow/guide/log": NO_EXPERIMENT},
        FIRST,
        "got 'Default'",
    ),
    "how many runs there are": (
        "connect-remote",
        {"v1/read": "len(started)", "mlflow/guide/read": "len(started)"},
        SENSITIVITY,
        "No two examples are read differently",
    ),
    "the experiment that was given": (
        "connect-remote",
        {
            "mlflow/guide/read": """[
                {"experiment": experiment_name, "metrics": client.get_run(run_id).data.metrics} for run_id in started
            ]"""
        },
        SENSITIVITY,
        "it has from the input `experiment_name` what it is to have from the store",
    ),
}


@pytest.mark.parametrize(("entry", "changes", "noticed_by", "says"), LIARS.values(), ids=LIARS)
def test_a_connection_that_lies_is_caught(
    bed_of_all: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    entry: str,
    changes: Mapping[str, Any],
    noticed_by: str,
    says: str,
) -> None:
    loaded = entry_from(TEXTS[entry], changes)
    result = verify(bed_of_all, loaded, only=noticed_by.__eq__, stores=("azureml",)).results[noticed_by]
    assert result.outcome == "failed"
    assert says in result.message


def leads_to_another_run(patch: pytest.MonkeyPatch) -> None:
    """The environment of a job names the first run for MLflow, and that of the job for SDK v1."""
    honest, seen = opening.variables_of, []

    def faulty(*args: Any) -> Any:
        variables = honest(*args)
        seen.append(variables["MLFLOW_RUN_ID"])
        return {**variables, "MLFLOW_RUN_ID": seen[0]}

    patch.setattr(opening, "variables_of", faulty)


def leads_to_another_experiment(patch: pytest.MonkeyPatch) -> None:
    """The workspace finds the first experiment under each name that is looked for."""
    honest, seen = experiments.experiments.find_by_name, []

    def faulty(connection: Any, name: str) -> Any:
        seen.append(name)
        return honest(connection, seen[0])

    patch.setattr(experiments.experiments, "find_by_name", faulty)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [("connect-on-compute", leads_to_another_run), ("connect-remote", leads_to_another_experiment)],
)
def test_a_workspace_that_leads_elsewhere_is_caught(
    bed_of_all: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    entry: str,
    fault: Callable[[pytest.MonkeyPatch], None],
) -> None:
    loaded = entry_from(TEXTS[entry])
    checks = (FIRST, SECOND)
    honest = verify(bed_of_all, loaded, only=checks.__contains__, stores=("azureml",))
    assert honest.not_passed == {}
    fault(monkeypatch)
    lying = verify(bed_of_all, loaded, only=checks.__contains__, stores=("azureml",))
    assert "failed" in {result.outcome for result in lying.results.values()}
