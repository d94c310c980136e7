"""Run history: the events that change the status of runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.workspace.routes import run as run_routes
from harness.workspace.rules import limits, runs, times
from harness.workspace.wire.calls import Answer, Call, NotBuilt, Route, ServiceError
from harness.workspace.wire.envelopes import error_envelope

_EVENTS = "Microsoft.MachineLearning.Run."
_STATUS_AFTER = {
    "Start": "Running",
    "Queued": "Queued",
    "CancelRequested": "CancelRequested",
    "Completed": "Completed",
    "Failed": "Failed",
    "Canceled": "Canceled",
}


@dataclass(frozen=True)
class _Event:
    """A well-formed event. `moment` is when it happened, in ticks; `raw` goes into an error."""

    raw: dict[str, Any]
    run_id: str
    name: str
    data: Mapping[str, Any]
    moment: int


def post(call: Call) -> Answer:
    """Applies one event to the run of the path."""
    event = _read(call, call.json(), call.args["run"])
    with call.store.write() as connection:
        run = run_routes.found(connection, call)
        _apply(call, run, event)
        runs.save(connection, run)
    return Answer()


def post_batch(call: Call) -> Answer:
    """Applies events to runs of an experiment. Those that are refused are named; the others count."""
    body = call.json()
    events = [
        _read(call, call.an_object(raw, "An event"), None)
        for raw in call.a_list(body.get("events"), "events")
    ]
    call.executed("run-events-in-a-batch")
    errors = []
    with call.store.write() as connection:
        for event in events:
            try:
                run = _found(connection, call, event)
                _apply(call, run, event)
            except ServiceError as error:
                call.executed("run-event-of-a-batch-refused")
                errors.append({"key": event.raw, "value": error_envelope(error, call.identity)})
            else:
                runs.save(connection, run)
    return Answer({"errors": errors})


def _found(connection: sqlite3.Connection, call: Call, event: _Event) -> runs.Run:
    return run_routes.found(connection, replace(call, args={**call.args, "run": event.run_id}))


def _read(call: Call, raw: dict[str, Any], run_id: str | None) -> _Event:
    name = call.a_text(raw.get("name"), "name")
    data = call.an_object_or_none(call.plain(raw.get("data"), "data"), "data")
    sent, of = raw.get("timestamp"), data.get("RunId")
    if run_id is not None and of not in (None, run_id):
        call.refuse("RunId must be the id in the path.")
    moment = times.now() if sent is None else call.a_time(sent, "timestamp")
    key = {"Start": "StartTime", "Completed": "EndTime", "Failed": "EndTime", "Canceled": "EndTime"}.get(
        name.removeprefix(_EVENTS)
    )
    if key is not None and data.get(key) is not None:
        moment = call.a_time(data[key], key)
    return _Event(
        {"name": name, "timestamp": sent, "data": data},
        call.a_storable(of, "RunId") if run_id is None else run_id,
        name.removeprefix(_EVENTS),
        data,
        moment,
    )


def _apply(call: Call, run: runs.Run, event: _Event) -> None:
    name, data = event.name, event.data
    if name in _STATUS_AFTER:
        _apply_status(call, run, _STATUS_AFTER[name], event.moment)
    elif name == "Error":
        call.executed("run-error-event")
        response = call.an_object(data.get("ErrorResponse"), "ErrorResponse")
        run.document["error"] = limits.shortened_error(response, call.executed)
    elif name == "Warning":
        call.executed("run-warning-event")
        warning = {key.lower(): call.a_text(data.get(key), key) for key in ("Source", "Message")}
        run.document["warnings"] = [*run.document.get("warnings", []), warning]
    elif name == "Heartbeat":
        call.executed("run-heartbeat-event")
    else:
        raise NotBuilt(f"the embedded workspace does not know the event {name}")


def _apply_status(call: Call, run: runs.Run, status: str, moment: int) -> None:
    call.executed("run-status-by-event")
    try:
        run.set_status(status, call.executed)
    except runs.RunRefused as error:
        raise ServiceError(400, "ValidationError", str(error)) from error
    if status == "Running":
        if "startTimeUtc" in run.document:
            call.executed("run-started-once")
        run.document.setdefault("startTimeUtc", times.show_time(moment))
    elif status in runs.TERMINAL:
        run.document["endTimeUtc"] = times.show_time(moment)


ROUTES = tuple(
    route
    for path in run_routes.PATHS
    for route in (
        Route("POST", f"{path}/runs/<run>/events", post),
        Route("POST", f"{path}/batch/events", post_batch),
    )
)
