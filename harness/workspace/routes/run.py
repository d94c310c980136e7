"""Run history: single runs. Their events, children and queries are in modules of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from harness.workspace.clients import tokens
from harness.workspace.routes import experiment
from harness.workspace.rules import artifacts, limits, runs, times
from harness.workspace.rules.identity import TENANT_ID, USER_ID, USER_NAME
from harness.workspace.wire.calls import Answer, Call, Route, ServiceError


@dataclass(frozen=True)
class Change:
    """A well-formed message that creates or changes a run; None and what is not there change nothing."""

    run_id: str
    status: str | None
    parent_run_id: str | None
    tags: Mapping[str, str | None]
    properties: Mapping[str, str | None]
    document: Mapping[str, Any]


def create_or_modify(call: Call) -> Answer:
    """Creates the run of the path, or changes it."""
    body = call.json()
    if body.get("runId") not in (None, call.args["run"]):
        call.refuse("runId must be the id in the path.")
    change = read_change(call, {**body, "runId": call.args["run"]})
    with call.store.write() as connection:
        run = apply_change(call, connection, change)
    return Answer(shown(call, run))


def read_change(call: Call, body: Mapping[str, Any]) -> Change:
    """Reads a message that creates or changes a run. Refuses what is malformed."""
    tags, properties = experiment.texts(call, body, "tags"), experiment.texts(call, body, "properties")
    status, parent = body.get("status"), body.get("parentRunId")
    if status is not None and call.a_text(status, "status") not in runs.STATUSES:
        call.refuse(f"status must be one of {', '.join(sorted(runs.STATUSES))}.")
    if parent is not None:
        call.a_storable(parent, "parentRunId")
    document = {key: body[key] for key in runs.REPLACED if body.get(key) is not None}
    for key, value in document.items():
        if not isinstance(value, runs.REPLACED[key]):
            call.refuse(f"{key} is not of its type.")
        if not isinstance(value, (str, bool)):
            call.plain(value, key)
    for key in ("startTimeUtc", "endTimeUtc"):
        if body.get(key) is not None:
            document[key] = times.show_time(call.a_time(body[key], key))
    run_id = call.a_storable(body.get("runId"), "runId")
    return Change(run_id, status, parent, tags, properties, document)


def apply_change(call: Call, connection: sqlite3.Connection, change: Change) -> runs.Run:
    """Creates or changes a run of the experiment in the path, and writes it. Refuses what the rules forbid."""
    run = runs.find(connection, change.run_id)
    if run is None:
        call.executed("run-created-not-started")
        experiment_id = _experiment_of_new(call, connection, change)
        run = runs.create(connection, experiment_id, change.run_id, change.parent_run_id, times.now())
    elif not experiment.has_run(connection, call, run.experiment_id):
        _not_found(call, run.run_id)
    elif change.parent_run_id not in (None, run.parent_run_id):
        call.executed("run-parent-fixed")
        raise ServiceError(400, "ValidationError", "The parent of a run cannot be changed.")
    try:
        if change.status is not None and change.status != run.status:
            call.executed("run-status-by-change")
            run.set_status(change.status, call.executed)
        run.add_properties(change.properties, call.executed)
    except runs.RunRefused as error:
        raise ServiceError(400, "ValidationError", str(error)) from error
    call.executed("run-tags-merge")
    run.tags.update(change.tags)
    run.document.update(change.document)
    limits.check_run(run.run_id, run.tags, run.properties, run.document, call.executed)
    runs.save(connection, run)
    return run


def get(call: Call) -> Answer:
    """The run."""
    with call.store.read() as connection:
        return Answer(shown(call, found(connection, call)))


def get_details(call: Call) -> Answer:
    """The run as `get_details` shows it."""
    with call.store.read() as connection:
        run = found(connection, call)
        logs = artifacts.log_files(connection, call.identity, run.data_container_id, call.executed)
    call.executed("run-details")
    whole = shown(call, run)
    kept = ("runId", "target", "status", "startTimeUtc", "endTimeUtc", "error", "warnings", "properties")
    details = {key: whole[key] for key in (*kept, "runDefinition", "inputDatasets", "outputDatasets")}
    return Answer({**details, "services": {}, "logFiles": logs})


def delete_tags(call: Call) -> Answer:
    """Removes tags by their keys."""
    keys = [call.a_text(key, "A tag") for key in call.a_list(call.parsed(), "The body")]
    with call.store.write() as connection:
        run = found(connection, call)
        call.executed("run-tags-removed")
        if not set(keys) <= set(run.tags):
            call.executed("run-tag-removed-twice")
        for key in keys:
            run.tags.pop(key, None)
        runs.save(connection, run)
    return Answer(shown(call, run))


def get_token(call: Call) -> Answer:
    """A new token for code that runs as part of the run."""
    with call.store.read() as connection:
        found(connection, call)
    call.executed("run-token")
    expires = times.show_time(tokens.EXPIRES * 10_000_000)
    return Answer({"token": tokens.token(), "expiryTimeUtc": expires})


def wait_for_ingest(call: Call) -> Answer:
    """Nothing to wait for: a metric is stored before its upload is answered."""
    with call.store.read() as connection:
        found(connection, call)
    call.executed("metric-ingest-at-once")
    return Answer()


def found_by_id(connection: sqlite3.Connection, call: Call) -> runs.Run:
    """The run of a path that names no experiment."""
    run = runs.find(connection, call.args["run"])
    return _not_found(call, call.args["run"]) if run is None else run


def found(connection: sqlite3.Connection, call: Call) -> runs.Run:
    """The run of the path, which must be in the experiment of the path if that has one."""
    run = found_by_id(connection, call)
    if not experiment.has_run(connection, call, run.experiment_id):
        _not_found(call, run.run_id)
    return run


def _experiment_of_new(call: Call, connection: sqlite3.Connection, change: Change) -> str:
    """A child is in the experiment of its parent, be it archived by now, and its name another's."""
    if change.parent_run_id is None:
        return experiment.id_to_write(connection, call)
    parent = runs.find(connection, change.parent_run_id)
    if parent is None or not experiment.has_run(connection, call, parent.experiment_id):
        experiment.id_of(connection, call)  # or else it is the experiment that is missing
        call.executed("run-parent-must-exist")
        raise ServiceError(400, "ValidationError", f"Parent run {change.parent_run_id} was not found")
    call.executed("run-child-has-the-root-of-its-parent")
    return parent.experiment_id


def _not_found(call: Call, run_id: str) -> NoReturn:
    call.executed("run-not-found")
    raise ServiceError(404, "NotFoundError", f"Run runId={run_id} was not found")


def shown(call: Call, run: runs.Run) -> dict[str, Any]:
    """The run as clients get it."""
    call.executed("run-number-counts")
    created_by = {"userObjectId": USER_ID, "userTenantId": TENANT_ID, "userName": USER_NAME}
    return {
        **dict.fromkeys((*runs.REPLACED, "startTimeUtc", "endTimeUtc", "error", "warnings")),
        **{key: value for key, value in run.document.items() if key != "managed"},
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


PATHS = (
    "/history/v1.0/experiments/<experiment>",
    "/history/v1.0/experimentids/<experiment_id>",
)
"""The two forms in which a path says the experiment."""

ROUTES = (
    *(
        Route(method, f"{path}/runs/<run>{rest}", handler)
        for path in PATHS
        for method, rest, handler in (
            ("PATCH", "", create_or_modify),
            ("GET", "", get),
            ("GET", "/details", get_details),
            ("DELETE", "/tags", delete_tags),
            ("GET", "/token", get_token),
            ("GET", "/metricsingest/wait", wait_for_ingest),
        )
    ),
    Route("GET", "/history/v1.0/runs/<run>", get),
)
