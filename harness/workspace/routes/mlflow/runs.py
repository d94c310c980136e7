"""Runs: making, reading, renaming, ending, deleting."""

from __future__ import annotations

import sqlite3
from typing import Any

from harness.workspace.routes.mlflow.reading import (
    DEFAULT_ID,
    Endpoints,
    find_experiment,
    find_run,
    moment,
    pairs,
)
from harness.workspace.rules import mlflow_metrics, mlflow_runs, runs, times
from harness.workspace.wire.calls import Answer, Call, ServiceError


def create(call: Call) -> Answer:
    """Makes a run, which runs from the start."""
    body = call.json()
    asked = body.get("experiment_id") or DEFAULT_ID
    name = body.get("run_name")
    started = times.now() // mlflow_runs.TICKS_PER_MS
    if body.get("start_time") is not None:
        started = moment(call, body["start_time"], "start_time")
    tags = pairs(call, body.get("tags"), "tags")
    if mlflow_runs.PARENT in tags:
        call.a_storable(tags[mlflow_runs.PARENT], mlflow_runs.PARENT)
    new = mlflow_runs.NewRun(
        asked=call.a_storable(asked, "experiment_id"),
        name=None if name is None else call.a_text(name, "run_name"),
        started=started * mlflow_runs.TICKS_PER_MS,
        tags=tags,
    )
    with call.store.write() as connection:
        experiment = find_experiment(connection, call, new.asked)
        run = mlflow_runs.create(connection, call.identity, experiment.experiment_id, new, call.executed)
        mlflow_runs.check_size(run, call.executed)
        runs.save(connection, run)
        return Answer({"run": shown(connection, call, run)})


def get(call: Call) -> Answer:
    """The run, with its params, its tags and the last value of each metric."""
    with call.store.read() as connection:
        run = find_run(connection, call, call.query)
        return Answer({"run": shown(connection, call, run)})


def update(call: Call) -> Answer:
    """Sets status, end and name of the run."""
    body = call.json()
    status, ended, name = body.get("status"), body.get("end_time"), body.get("run_name")
    if status is not None and call.a_text(status, "status") not in mlflow_runs.SET:
        call.refuse(f"status must be one of {', '.join(mlflow_runs.SET)}.")
    if ended is not None:
        ended = moment(call, ended, "end_time") * mlflow_runs.TICKS_PER_MS
    if name is not None:
        call.a_text(name, "run_name")
    with call.store.write() as connection:
        run = find_run(connection, call, body)
        if status is not None:
            try:
                mlflow_runs.set_status(run, status, ended, call.executed)
            except runs.RunRefused as error:
                raise ServiceError(400, "ValidationError", str(error), kind="ValidationError") from error
        if name:
            call.executed("mlflow-run-renamed")
            mlflow_runs.set_name(run, name)
            mlflow_runs.check_size(run, call.executed)
        runs.save(connection, run)
    return Answer({"run_info": mlflow_runs.info_of(call.identity, run, call.executed)})


def delete(call: Call) -> Answer:
    """Hides the run."""
    return _set_hidden(call, True)


def restore(call: Call) -> Answer:
    """Shows a hidden run again."""
    return _set_hidden(call, False)


def shown(connection: sqlite3.Connection, call: Call, run: runs.Run) -> dict[str, Any]:
    """The run as MLflow reads it."""
    found: dict[str, Any] = {
        "info": mlflow_runs.info_of(call.identity, run, call.executed),
        "data": {
            "metrics": [
                finite(value)
                for value in mlflow_metrics.latest(connection, run.run_id, call.executed).values()
            ],
            "params": [
                {"key": mlflow_runs.text(key, call.executed), "value": mlflow_runs.text(value, call.executed)}
                for key, value in mlflow_runs.params_of(connection, run.run_id)
            ],
            "tags": [
                {"key": key, "value": value} for key, value in mlflow_runs.tags_of(run, call.executed).items()
            ],
        },
    }
    inputs = mlflow_runs.inputs_of(connection, run.run_id)
    if inputs:
        found["inputs"] = {"dataset_inputs": inputs}
    return found


def finite(value: dict[str, Any]) -> dict[str, Any]:
    """The value of a metric for JSON, in which NaN and infinities are written as text."""
    spelled = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(repr(value["value"]))
    return value if spelled is None else {**value, "value": spelled}


def _set_hidden(call: Call, hidden: bool) -> Answer:
    body = call.json()
    with call.store.write() as connection:
        run = find_run(connection, call, body)
        call.executed("mlflow-run-deleted")
        run.document["hidden"] = hidden
        runs.save(connection, run)
    return Answer({})


ENDPOINTS: Endpoints = (
    ("POST", "mlflow/runs/create", create),
    ("GET", "mlflow/runs/get", get),
    ("POST", "mlflow/runs/update", update),
    ("POST", "mlflow/runs/delete", delete),
    ("POST", "mlflow/runs/restore", restore),
)
