"""Run history: experiments."""

from __future__ import annotations

import json
import sqlite3
import uuid
from typing import Any

from harness.workspace import times
from harness.workspace.calls import Answer, Call, Route, ServiceError
from harness.workspace.storage import to_json

_COLUMNS = "experiment_id, name, created, document"


def get_by_name(call: Call) -> Answer:
    """The experiment, or 404, upon which the client creates it."""
    with call.store.read() as connection:
        return Answer(_shown(_by_name(connection, call)))


def get_by_id(call: Call) -> Answer:
    """The experiment by its id."""
    with call.store.read() as connection:
        query = f"SELECT {_COLUMNS} FROM experiments WHERE experiment_id = ?"
        row = connection.execute(query, (call.args["experiment_id"],)).fetchone()
    if row is None:
        _not_found(call, call.args["experiment_id"])
    return Answer(_shown(row))


def create(call: Call) -> Answer:
    """Makes the experiment unless it is there; gives it back either way."""
    with call.store.write() as connection:
        call.executed("experiment-create-or-get")
        if not call.args["experiment"].isascii() or not call.args["experiment"].isprintable():
            call.executed("experiment-name-as-sent")
        connection.execute(
            f"INSERT INTO experiments ({_COLUMNS}) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
            (str(uuid.uuid4()), call.args["experiment"], times.now(), to_json({"tags": {}})),
        )
        return Answer(_shown(_by_name(connection, call)))


def id_of(connection: sqlite3.Connection, call: Call) -> str:
    """The id of the experiment in the path, by whichever of name and id the path has.

    Refuses if there is none.
    """
    if "experiment" in call.args:
        return str(_by_name(connection, call)[0])
    identifier = call.args["experiment_id"]
    if (
        connection.execute("SELECT 1 FROM experiments WHERE experiment_id = ?", (identifier,)).fetchone()
        is None
    ):
        _not_found(call, identifier)
    return identifier


def _by_name(connection: sqlite3.Connection, call: Call) -> Any:
    name = call.args["experiment"]
    row = connection.execute(f"SELECT {_COLUMNS} FROM experiments WHERE name = ?", (name,)).fetchone()
    if row is None:
        _not_found(call, name)
    return row


def _not_found(call: Call, experiment: str) -> None:
    call.executed("experiment-not-found")
    raise ServiceError(404, "NotFoundError", f"Experiment {experiment} was not found")


def _shown(row: tuple[str, str, int, str]) -> dict[str, Any]:
    experiment_id, name, created, document = row
    return {
        "experimentId": experiment_id,
        "name": name,
        "description": None,
        "createdUtc": times.show_time(created),
        "archivedTime": None,
        **json.loads(document),
    }


ROUTES = (
    Route("GET", "/history/v1.0/experiments/<experiment>", get_by_name),
    Route("POST", "/history/v1.0/experiments/<experiment>", create),
    Route("GET", "/history/v1.0/experimentids/<experiment_id>", get_by_id),
)
