"""How a run of the run history looks to MLflow, and what MLflow's changes make of it. Here is no HTTP.

There is one store of runs: everything here is kept in the run that SDK v1 sees, and read from it. Metrics have a
module of their own.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harness.workspace.rules import limits, runs, times
from harness.workspace.rules.identity import USER_ID, USER_NAME, Identity
from harness.workspace.rules.storage import to_json

Executed = Callable[[str], None]

TICKS_PER_MS = 10_000
LAST_MS = 253_402_300_799_999
"""The last millisecond of the year 9999, where times of the run history end."""

RUN_NAME = "mlflow.runName"
PARENT = "mlflow.parentRunId"
ROOT = "mlflow.rootRunId"
USER = "mlflow.user"
ARTIFACT_URI = "mlflow.artifactUri"

_SHOWN = {
    "Running": "RUNNING",
    "Finalizing": "RUNNING",
    "CancelRequested": "RUNNING",
    "Completed": "FINISHED",
    "Failed": "FAILED",
    "Canceled": "KILLED",
}
SET = {
    "RUNNING": "Running",
    "SCHEDULED": "Queued",
    "FINISHED": "Completed",
    "FAILED": "Failed",
    "KILLED": "Canceled",
}
"""MLflow's names of statuses, each with the one of the run history that it sets."""


class ParamRefused(Exception):
    """A param that the run has with another value."""


@dataclass(frozen=True)
class NewRun:
    """What MLflow asks for when it creates a run. `started` is in ticks; `asked` is the experiment as it was sent."""

    asked: str
    name: str | None
    started: int
    tags: Mapping[str, str]


def create(
    connection: sqlite3.Connection, identity: Identity, experiment_id: str, new: NewRun, executed: Executed
) -> runs.Run:
    """A new run that is running at once. It still has to be saved."""
    executed("mlflow-run-created")
    run_id = str(uuid.uuid4())
    parent = new.tags.get(PARENT)
    if parent is not None:
        executed("mlflow-run-parent")
    run = runs.create(connection, experiment_id, run_id, parent, times.now())
    run.status = "Running"
    run.document["startTimeUtc"] = times.show_time(new.started)
    run.document["runTypeV2"] = {
        "orchestrator": None,
        "traits": ["mlflow"],
        "attribution": None,
        "computeType": None,
    }
    name = new.name or new.tags.get(RUN_NAME)
    if not name:
        executed("mlflow-run-name-made")
        name = f"run-{run_id[:8]}"
    run.tags.update(new.tags)
    run.tags[ROOT] = run.root_run_id
    run.tags[USER] = USER_NAME
    set_name(run, name)
    run.properties[ARTIFACT_URI] = artifact_uri(identity, new.asked, run_id)
    return run


def artifact_uri(identity: Identity, experiment: str, run_id: str) -> str:
    """Where the plugin finds the artifacts of a run. It takes the experiment and the run from the path."""
    return f"azureml://{identity.api_host}/mlflow/v2.0{identity.scope}/experiments/{experiment}/runs/{run_id}/artifacts"


def set_name(run: runs.Run, name: str) -> None:
    """Names the run: the display name of SDK v1, and MLflow's tag."""
    run.document["displayName"] = name
    run.tags[RUN_NAME] = name


def set_tags(run: runs.Run, tags: Mapping[str, str], executed: Executed) -> None:
    """Adds tags, or replaces their values. The tag of the name renames the run."""
    run.tags.update(tags)
    if RUN_NAME in tags:
        executed("mlflow-run-name-tag")
        set_name(run, tags[RUN_NAME])


def set_status(run: runs.Run, status: str, ended: int | None, executed: Executed) -> None:
    """Sets a status of MLflow. `ended` is in ticks. Raises `RunRefused` for another end of a run that has ended."""
    new = SET[status]
    executed("mlflow-status-set")
    if run.status in runs.TERMINAL and new in (run.status, "Running"):
        executed("mlflow-ended-run-resumed")
        return
    if new != run.status:
        run.set_status(new, executed)
    if new in runs.TERMINAL:
        run.document["endTimeUtc"] = times.show_time(times.now() if ended is None else ended)


def check_size(run: runs.Run, executed: Executed) -> None:
    """Refuses a run with something over a limit, as for SDK v1. Raises `OverLimit`."""
    limits.check_run(run.run_id, run.tags, run.properties, run.document, executed)


def is_deleted(run: runs.Run) -> bool:
    """Whether MLflow has deleted the run, which SDK v1 knows as hidden."""
    return bool(run.document.get("hidden"))


def info_of(identity: Identity, run: runs.Run, executed: Executed) -> dict[str, Any]:
    """What MLflow calls the info of a run."""
    executed("mlflow-status-shown")
    info = {
        "run_id": run.run_id,
        "run_uuid": run.run_id,
        "run_name": text(name_of(run), executed),
        "experiment_id": run.experiment_id,
        "user_id": USER_ID,
        "status": status_of(run),
        "start_time": started(run),
        "artifact_uri": run.properties.get(ARTIFACT_URI)
        or artifact_uri(identity, run.experiment_id, run.run_id),
        "lifecycle_stage": "deleted" if is_deleted(run) else "active",
    }
    end = ended(run)
    return info if end is None else {**info, "end_time": end}


def status_of(run: runs.Run) -> str:
    """MLflow's name of the run's status."""
    return _SHOWN.get(run.status, "SCHEDULED")


def name_of(run: runs.Run) -> str:
    """The name of the run, whichever client gave it."""
    return str(run.document.get("displayName") or run.document.get("name") or run.run_id)


def started(run: runs.Run) -> int:
    """When the run began, in milliseconds; for one that has not, when it was made."""
    begin = run.started
    return (run.created if begin is None else begin) // TICKS_PER_MS


def ended(run: runs.Run) -> int | None:
    """When the run ended, in milliseconds, or None if it has not."""
    end = run.moment("endTimeUtc")
    return None if end is None else end // TICKS_PER_MS


def tags_of(run: runs.Run, executed: Executed) -> dict[str, str]:
    """The tags of a run as MLflow reads them, with those that the service adds to every run."""
    executed("mlflow-tags-added")
    tags = {text(key, executed): text(value or "", executed) for key, value in run.tags.items()}
    if None in run.tags.values():
        executed("mlflow-tag-without-value")
    tags.setdefault(ROOT, run.root_run_id)
    tags.setdefault(USER, USER_NAME)
    tags[RUN_NAME] = text(name_of(run), executed)
    if run.parent_run_id is not None:
        tags.setdefault(PARENT, run.parent_run_id)
    return tags


def add_params(
    connection: sqlite3.Connection, run_id: str, params: Mapping[str, str], executed: Executed
) -> None:
    """Adds params to a run, all or none.

    Raises:
        ParamRefused: One is there with another value.
        OverLimit: The run would have too many.
    """
    known = dict(params_of(connection, run_id))
    for key, value in params.items():
        if known.setdefault(key, value) != value:
            executed("mlflow-param-fixed")
            raise ParamRefused(
                f"The param {key} of the run is {known[key]!r} and cannot be changed to {value!r}."
            )
    limits.check(limits.MLFLOW_PARAMS, len(known), executed)
    connection.executemany(
        "INSERT INTO params (run_id, key, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(run_id, to_json(key), to_json(value)) for key, value in params.items()],
    )


def params_of(connection: sqlite3.Connection, run_id: str) -> Iterator[tuple[str, str]]:
    """The params of a run, in the order in which they came."""
    query = "SELECT key, value FROM params WHERE run_id = ? ORDER BY rowid"
    for key, value in connection.execute(query, (run_id,)):
        yield json.loads(key), json.loads(value)


def add_inputs(connection: sqlite3.Connection, run_id: str, inputs: list[Any]) -> None:
    """Adds data sets that went into a run, as MLflow describes them."""
    connection.executemany(
        "INSERT INTO inputs (run_id, document) VALUES (?, ?)", [(run_id, to_json(one)) for one in inputs]
    )


def inputs_of(connection: sqlite3.Connection, run_id: str) -> list[Any]:
    """The data sets that went into a run, in the order in which they came."""
    query = "SELECT document FROM inputs WHERE run_id = ? ORDER BY input"
    return [json.loads(document) for (document,) in connection.execute(query, (run_id,))]


def text(value: str, executed: Executed) -> str:
    """The text as MLflow can read it: its messages cannot hold half of a surrogate pair."""
    if not limits.has_half_pairs(value):
        return value
    executed("mlflow-half-pairs-replaced")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
