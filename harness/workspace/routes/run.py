"""Run history: runs and the events that change their status."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from harness.workspace import runs, times
from harness.workspace.calls import Answer, Call, NotBuilt, Route, ServiceError
from harness.workspace.identity import TENANT_ID, USER_ID, USER_NAME
from harness.workspace.routes import experiment

_EVENTS = "Microsoft.MachineLearning.Run."
_STATUS_AFTER = {
    "Start": "Running",
    "Queued": "Queued",
    "CancelRequested": "CancelRequested",
    "Completed": "Completed",
    "Failed": "Failed",
    "Canceled": "Canceled",
}


def create_or_modify(call: Call) -> Answer:
    """Creates the run of the path, or changes it."""
    body = call.json()
    tags, properties = _texts(call, body, "tags"), _texts(call, body, "properties")
    status = body.get("status")
    if status is not None and call.a_text(status, "status") not in runs.STATUSES:
        call.refuse(f"status must be one of {', '.join(sorted(runs.STATUSES))}.")
    parent = body.get("parentRunId")
    if parent is not None:
        call.a_text(parent, "parentRunId")
    if body.get("runId") not in (None, call.args["run"]):
        call.refuse("runId must be the id in the path.")
    replaced = {key: body[key] for key in runs.REPLACED if body.get(key) is not None}
    for key, value in replaced.items():
        if not isinstance(value, runs.REPLACED[key]):
            call.refuse(f"{key} is not of its type.")
    moments = {
        key: call.a_time(body[key], key)
        for key in ("startTimeUtc", "endTimeUtc")
        if body.get(key) is not None
    }
    with call.store.write() as connection:
        experiment_id = experiment.id_of(connection, call)
        run = runs.find(connection, call.args["run"])
        if run is None:
            call.executed("run-created-not-started")
            run = runs.create(connection, experiment_id, call.args["run"], parent, times.now())
        elif run.experiment_id != experiment_id:
            _not_found(call, run.run_id)
        try:
            if status is not None and status != run.status:
                run.set_status(status, call.executed)
            run.add_properties(properties, call.executed)
        except runs.RunRefused as error:
            raise ServiceError(400, "ValidationError", str(error)) from error
        call.executed("run-tags-merge")
        run.tags.update(tags)
        run.document.update(replaced)
        run.document.update({key: times.show_time(moment) for key, moment in moments.items()})
        runs.save(connection, run)
    return Answer(_shown(call, run))


def get(call: Call) -> Answer:
    """The run."""
    with call.store.read() as connection:
        return Answer(_shown(call, _found(connection, call)))


def get_details(call: Call) -> Answer:
    """The run as `get_details` shows it."""
    with call.store.read() as connection:
        run = _found(connection, call)
    call.executed("run-details")
    shown = _shown(call, run)
    kept = ("runId", "target", "status", "startTimeUtc", "endTimeUtc", "error", "warnings", "properties")
    details = {key: shown[key] for key in (*kept, "runDefinition", "inputDatasets", "outputDatasets")}
    return Answer({**details, "services": {}, "logFiles": {}})


def post_event(call: Call) -> Answer:
    """Applies one event to the run."""
    event = call.json()
    name = call.a_text(event.get("name"), "name").removeprefix(_EVENTS)
    data = call.an_object_or_none(event.get("data"), "data")
    if data.get("RunId") not in (None, call.args["run"]):
        call.refuse("RunId must be the id in the path.")
    sent = event.get("timestamp")
    moment = times.now() if sent is None else call.a_time(sent, "timestamp")
    with call.store.write() as connection:
        run = _found(connection, call)
        try:
            _apply(call, run, name, data, moment)
        except runs.RunRefused as error:
            raise ServiceError(400, "ValidationError", str(error)) from error
        runs.save(connection, run)
    return Answer()


def wait_for_ingest(call: Call) -> Answer:
    """Nothing to wait for: a metric is stored before its upload is answered."""
    with call.store.read() as connection:
        _found(connection, call)
    call.executed("metric-ingest-at-once")
    return Answer()


def _apply(call: Call, run: runs.Run, name: str, data: Mapping[str, Any], moment: int) -> None:
    if name in _STATUS_AFTER:
        call.executed("run-status-by-event")
        run.set_status(_STATUS_AFTER[name], call.executed)
        if name == "Start":
            run.document["startTimeUtc"] = _moment(call, data, "StartTime", moment)
        elif run.status in runs.TERMINAL:
            run.document["endTimeUtc"] = _moment(call, data, "EndTime", moment)
    elif name == "Error":
        call.executed("run-error-event")
        run.document["error"] = call.an_object(data.get("ErrorResponse"), "ErrorResponse")
    elif name == "Warning":
        call.executed("run-warning-event")
        warning = {key.lower(): call.a_text(data.get(key), key) for key in ("Source", "Message")}
        run.document["warnings"] = [*run.document.get("warnings", []), warning]
    elif name == "Heartbeat":
        call.executed("run-heartbeat-event")
    else:
        raise NotBuilt(f"the embedded workspace does not know the event {name}")


def _moment(call: Call, data: Mapping[str, Any], key: str, otherwise: int) -> str:
    return times.show_time(otherwise if data.get(key) is None else call.a_time(data[key], key))


def _texts(call: Call, body: Mapping[str, Any], key: str) -> dict[str, str | None]:
    given = call.an_object_or_none(body.get(key), key)
    return {name: _text(call, value, f"{key}.{name}") for name, value in given.items()}


def _text(call: Call, value: Any, what: str) -> str | None:
    if value is None:
        call.executed("run-tag-without-value")
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        call.executed("run-value-becomes-text")
        return str(value)
    return call.refuse(f"{what} must be a string.")


def found_by_id(connection: sqlite3.Connection, call: Call) -> runs.Run:
    """The run of a path that names no experiment."""
    run = runs.find(connection, call.args["run"])
    return _not_found(call, call.args["run"]) if run is None else run


def _found(connection: sqlite3.Connection, call: Call) -> runs.Run:
    run = found_by_id(connection, call)
    if "experiment" not in call.args and "experiment_id" not in call.args:
        return run
    if run.experiment_id != experiment.id_of(connection, call):
        _not_found(call, run.run_id)
    return run


def _not_found(call: Call, run_id: str) -> Any:
    call.executed("run-not-found")
    raise ServiceError(404, "NotFoundError", f"Run runId={run_id} was not found")


def _shown(call: Call, run: runs.Run) -> dict[str, Any]:
    call.executed("run-number-counts")
    created_by = {"userObjectId": USER_ID, "userTenantId": TENANT_ID, "userName": USER_NAME}
    return {
        **dict.fromkeys((*runs.REPLACED, "startTimeUtc", "endTimeUtc", "error", "warnings")),
        **run.document,
        "runId": run.run_id,
        "runNumber": run.run_number,
        "rootRunId": run.root_run_id,
        "parentRunId": run.parent_run_id,
        "experimentId": run.experiment_id,
        "status": run.status,
        "createdUtc": times.show_time(run.created),
        "createdBy": created_by,
        "userId": USER_ID,
        "dataContainerId": run.data_container_id,
        "hidden": run.document.get("hidden", False),
        "inputDatasets": run.document.get("inputDatasets", []),
        "outputDatasets": run.document.get("outputDatasets", []),
        "tags": run.tags,
        "properties": run.properties,
    }


ROUTES = (
    *(
        Route(method, f"/history/v1.0/{by}/runs/<run>{rest}", handler)
        for by in ("experiments/<experiment>", "experimentids/<experiment_id>")
        for method, rest, handler in (
            ("PATCH", "", create_or_modify),
            ("GET", "", get),
            ("GET", "/details", get_details),
            ("POST", "/events", post_event),
            ("GET", "/metricsingest/wait", wait_for_ingest),
        )
    ),
    Route("GET", "/history/v1.0/runs/<run>", get),
)
