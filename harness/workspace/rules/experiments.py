"""The rules of experiments: their names, archiving, tags.

Here is no HTTP. At most one active experiment has a name; any number of archived ones may have had it before.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.workspace.rules.storage import to_json

Executed = Callable[[str], None]

COLUMNS = "experiment_id, name, created, archived, document"


class ExperimentRefused(Exception):
    """A change that the run history does not accept."""


@dataclass
class Experiment:
    """An experiment. Times are in ticks; `archived` is None while it is active."""

    experiment_id: str
    name: str
    created: int
    archived: int | None = None
    description: str | None = None
    tags: dict[str, str | None] = field(default_factory=dict)


def read_row(row: Any) -> Experiment:
    """The experiment of a row of `COLUMNS`."""
    *columns, document = row
    experiment = Experiment(*columns)
    kept = json.loads(document)
    experiment.description, experiment.tags = kept["description"], kept["tags"]
    return experiment


def find(connection: sqlite3.Connection, experiment_id: str) -> Experiment | None:
    """The experiment by its id, active or archived."""
    query = f"SELECT {COLUMNS} FROM experiments WHERE experiment_id = ?"
    row = connection.execute(query, (experiment_id,)).fetchone()
    return None if row is None else read_row(row)


def find_active(connection: sqlite3.Connection, name: str) -> Experiment | None:
    """The active experiment of a name."""
    query = f"SELECT {COLUMNS} FROM experiments WHERE name = ? AND archived IS NULL"
    row = connection.execute(query, (name,)).fetchone()
    return None if row is None else read_row(row)


def find_by_name(connection: sqlite3.Connection, name: str) -> Experiment | None:
    """The active experiment of a name, or else the one of that name that was archived last."""
    query = f"SELECT {COLUMNS} FROM experiments WHERE name = ? ORDER BY archived IS NULL DESC, archived DESC"
    row = connection.execute(query, (name,)).fetchone()
    return None if row is None else read_row(row)


def create_or_get(
    connection: sqlite3.Connection,
    name: str,
    created: int,
    executed: Executed,
    tags: dict[str, str | None] | None = None,
) -> Experiment:
    """The active experiment of a name, made now if there is none."""
    executed("experiment-create-or-get")
    if not name.isascii() or not name.isprintable():
        executed("experiment-name-as-sent")
    found = find_active(connection, name)
    if found is None:
        found = Experiment(str(uuid.uuid4()), name, created, tags=dict(tags or {}))
        save(connection, found)
    return found


def set_archived(
    connection: sqlite3.Connection, experiment: Experiment, archived: int | None, executed: Executed
) -> None:
    """Archives the experiment at a time, or makes it active again (None). It still has to be saved.

    Raises `ExperimentRefused` if another experiment of the same name is active by now.
    """
    if archived is None:
        executed("experiment-reactivate")
        active = find_active(connection, experiment.name)
        if active is not None and active.experiment_id != experiment.experiment_id:
            executed("experiment-active-name-taken")
            raise ExperimentRefused(f"There is another active experiment with the name {experiment.name}.")
        experiment.archived = None
    else:
        executed("experiment-archive")
        if experiment.archived is None:
            experiment.archived = archived


def save(connection: sqlite3.Connection, experiment: Experiment) -> None:
    """Writes the experiment, new or changed. Its name and time of creation never change."""
    connection.execute(
        f"INSERT INTO experiments ({COLUMNS}) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (experiment_id) DO UPDATE SET archived = excluded.archived, document = excluded.document",
        (
            experiment.experiment_id,
            experiment.name,
            experiment.created,
            experiment.archived,
            to_json({"description": experiment.description, "tags": experiment.tags}),
        ),
    )


def delete(connection: sqlite3.Connection, experiment: Experiment, executed: Executed) -> None:
    """Removes the experiment for good. Raises `ExperimentRefused` if it has runs."""
    query = "SELECT 1 FROM runs WHERE experiment_id = ? LIMIT 1"
    if connection.execute(query, (experiment.experiment_id,)).fetchone() is not None:
        executed("experiment-delete-only-empty")
        raise ExperimentRefused("Only empty experiments can be deleted. This experiment contains run(s).")
    executed("experiment-delete")
    connection.execute("DELETE FROM experiments WHERE experiment_id = ?", (experiment.experiment_id,))
