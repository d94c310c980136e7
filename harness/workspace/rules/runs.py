"""The rules of the run history: what a run is, how it is changed, which status follows which.

Here is no HTTP. How many runs are found at once is in `run_queries`.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.workspace.rules import times
from harness.workspace.rules.storage import to_json

Executed = Callable[[str], None]

TERMINAL = frozenset({"Completed", "Failed", "Canceled"})
STATUSES = TERMINAL | {
    "NotStarted",
    "NotResponding",
    "Provisioning",
    "Unapproved",
    "Pausing",
    "Paused",
    "Starting",
    "Preparing",
    "Queued",
    "Running",
    "Finalizing",
    "CancelRequested",
}

# What a client may set by sending the field again, and a run gives back as it was sent; each with its type.
REPLACED: Mapping[str, type] = {
    "name": str,
    "displayName": str,
    "description": str,
    "hidden": bool,
    "runType": str,
    "runTypeV2": dict,
    "dataContainerId": str,
    "scriptName": str,
    "target": str,
    "inputDatasets": list,
    "outputDatasets": list,
    "runDefinition": object,
    "primaryMetricName": str,
    "createdFrom": dict,
    "cancelUri": str,
    "diagnosticsUri": str,
    "options": dict,
    "heartbeatEnabled": bool,
    "queueingInfo": dict,
}

# The layout of a run in the database. Columns are what runs are found by. `document` is a JSON object of
#   - `tags` and `properties`: objects of texts or nulls;
#   - `runUuid`: a GUID, given at creation;
#   - the fields of `REPLACED` that were sent, as they were sent;
#   - `startTimeUtc` and `endTimeUtc`: as `times.show_time` writes them; the column `started` has the first in ticks;
#   - `error`: an object `{"error": {"code", "message", ...}}`;
#   - `warnings`: an array of objects of `source` and `message`;
#   - `managed`: true if clients may not set the status. Clients do not get to see it.
# Fields that were never sent are not in there.
COLUMNS = "run_id, experiment_id, run_number, parent_run_id, root_run_id, status, created, document"


class RunRefused(Exception):
    """A change that the run history does not accept."""


@dataclass
class Run:
    """A run. `document` holds what else was sent of it: the fields of `REPLACED`, times, error, warnings."""

    run_id: str
    experiment_id: str
    run_number: int
    parent_run_id: str | None
    root_run_id: str
    status: str
    created: int
    tags: dict[str, str | None] = field(default_factory=dict)
    properties: dict[str, str | None] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def started(self) -> int | None:
        """When the run started, in ticks."""
        return self.moment("startTimeUtc")

    def moment(self, key: str) -> int | None:
        """A time of the document, in ticks."""
        text = self.document.get(key)
        return None if text is None else times.parse_time(text)

    @property
    def data_container_id(self) -> str:
        """Where the artifacts of the run are."""
        return str(self.document.get("dataContainerId") or f"dcid.{self.run_id}")

    def set_status(self, status: str, executed: Executed) -> None:
        """Moves the run on for a client. Raises `RunRefused` once it has ended, and if clients may not at all."""
        if self.document.get("managed"):
            executed("run-status-managed")
            raise RunRefused("The status of this run is managed by the system; a client may not change it.")
        if self.status in TERMINAL:
            executed("run-ends-once")
        self.move(status)

    def move(self, status: str) -> None:
        """Moves the run on. Raises `RunRefused` once it has ended."""
        if self.status in TERMINAL:
            raise RunRefused("Cannot set multiple terminal states for a run.")
        self.status = status

    def add_properties(self, properties: Mapping[str, str | None], executed: Executed) -> None:
        """Adds properties. Raises `RunRefused` if one is there with another value."""
        for key, value in properties.items():
            if self.properties.setdefault(key, value) != value:
                executed("run-property-fixed")
                raise RunRefused(f"The property {key} of the run cannot be changed.")


def find(connection: sqlite3.Connection, run_id: str) -> Run | None:
    """The run by its id, which is unique in the workspace."""
    row = connection.execute(f"SELECT {COLUMNS} FROM runs WHERE run_id = ?", (run_id,)).fetchone()
    return None if row is None else read_row(row)


def read_row(row: Any) -> Run:
    """The run of a row of `COLUMNS`."""
    *columns, document = row
    run = Run(*columns)
    run.document = json.loads(document)
    run.tags, run.properties = run.document.pop("tags"), run.document.pop("properties")
    return run


def create(
    connection: sqlite3.Connection, experiment_id: str, run_id: str, parent_run_id: str | None, created: int
) -> Run:
    """A new run, numbered within its experiment; its root is its parent's. It still has to be saved."""
    parent = find(connection, parent_run_id) if parent_run_id else None
    (last,) = connection.execute(
        "SELECT coalesce(max(run_number), 0) FROM runs WHERE experiment_id = ?", (experiment_id,)
    ).fetchone()
    root = parent.root_run_id if parent else parent_run_id or run_id
    run = Run(run_id, experiment_id, last + 1, parent_run_id, root, "NotStarted", created)
    run.document["runUuid"] = str(uuid.uuid4())
    return run


def save(connection: sqlite3.Connection, run: Run) -> None:
    """Writes the run, new or changed."""
    document = {**run.document, "tags": run.tags, "properties": run.properties}
    connection.execute(
        f"INSERT INTO runs ({COLUMNS}, started)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (run_id) DO UPDATE SET"
        " status = excluded.status, document = excluded.document, started = excluded.started",
        (
            run.run_id,
            run.experiment_id,
            run.run_number,
            run.parent_run_id,
            run.root_run_id,
            run.status,
            run.created,
            to_json(document),
            run.started,
        ),
    )
