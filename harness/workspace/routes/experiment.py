"""Run history: experiments."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, NoReturn

from harness.workspace.rules import experiments, limits, odata, paging, times
from harness.workspace.wire.calls import Answer, Call, NotBuilt, Route, ServiceError

_VIEWS = {"Default": "active", "ActiveOnly": "active", "ArchivedOnly": "archived", "All": "all"}
_CONDITIONS = {"active": " AND archived IS NULL", "archived": " AND archived IS NOT NULL", "all": ""}
_ORDERS = {"createdutc": ("created", int), "name": ("name", str)}
_FIELDS: Mapping[str, odata.Field[experiments.Experiment]] = {
    "name": odata.Field(lambda experiment, _: experiment.name),
    "experimentid": odata.Field(lambda experiment, _: experiment.experiment_id),
    "description": odata.Field(lambda experiment, _: experiment.description),
    "createdutc": odata.Field(lambda experiment, _: experiment.created, times.parse_time),
    "tags": odata.Field(lambda experiment, key: experiment.tags.get(key, odata.MISSING), keyed=True),
}


def get_by_name(call: Call) -> Answer:
    """The active experiment of the name, or 404, upon which the client creates it."""
    with call.store.read() as connection:
        found = experiments.find_active(connection, call.args["experiment"])
        if found is None:
            _not_found(call, call.args["experiment"])
    call.executed("experiment-shown")
    return Answer(_shown(found))


def get_by_id(call: Call) -> Answer:
    """The experiment by its id, active or archived."""
    with call.store.read() as connection:
        found = _by_id(connection, call)
    call.executed("experiment-shown")
    return Answer(_shown(found))


def create(call: Call) -> Answer:
    """Makes the experiment unless it is there; gives it back either way."""
    name = call.args["experiment"]
    limits.check_experiment(name, {}, None, call.executed)
    with call.store.write() as connection:
        return Answer(_shown(experiments.create_or_get(connection, name, times.now(), call.executed)))


def change(call: Call) -> Answer:
    """Changes tags and description, archives, or makes active again."""
    body = call.json()
    tags = texts(call, body, "tags")
    archive, name, description = body.get("archive"), body.get("name"), body.get("description")
    if archive is not None and not isinstance(archive, bool):
        call.refuse("archive must be true or false.")
    if description is not None:
        call.a_text(description, "description")
    with call.store.write() as connection:
        experiment = _by_id(connection, call)
        if name is not None and call.a_text(name, "name") != experiment.name:
            call.executed("experiment-keeps-its-name")
            raise ServiceError(400, "ValidationError", "An experiment cannot be renamed.")
        if archive is not None:
            _refusing(
                experiments.set_archived,
                connection,
                experiment,
                times.now() if archive else None,
                call.executed,
            )
        if tags:
            call.executed("experiment-tags-merge")
            experiment.tags.update(tags)
        if description is not None:
            experiment.description = description
        limits.check_experiment(experiment.name, experiment.tags, experiment.description, call.executed)
        experiments.save(connection, experiment)
    return Answer(_shown(experiment))


def delete_tags(call: Call) -> Answer:
    """Removes tags by their keys."""
    keys = [call.a_text(key, "A tag") for key in call.a_list(call.json().get("tags"), "tags")]
    with call.store.write() as connection:
        experiment = _by_id(connection, call)
        call.executed("experiment-tags-removed")
        for key in keys:
            experiment.tags.pop(key, None)
        experiments.save(connection, experiment)
    return Answer({"errors": {}})


def delete(call: Call) -> Answer:
    """Deletes an experiment without runs."""
    with call.store.write() as connection:
        _refusing(experiments.delete, connection, _by_id(connection, call), call.executed)
    return Answer()


def query(call: Call) -> Answer:
    """A page of the experiments that a filter selects."""
    body = call.json()
    view = body.get("viewType", call.query.get("viewType"))
    view = "Default" if view is None else call.a_text(view, "viewType")
    if view not in _VIEWS:
        call.refuse(f"viewType must be one of {', '.join(_VIEWS)}.")
    call.executed("experiment-list-views")
    filter = read_filter(call, body.get("filter"))
    field, descending = read_order(call, body.get("orderby"), _ORDERS, ("createdutc", True))
    column, kind = _ORDERS[field]
    top = paging.page_size(call, body.get("top"))
    after = paging.read_token(call, body.get("continuationToken"), (kind, str))
    direction, sign = ("DESC", "<") if descending else ("ASC", ">")
    behind = f" AND ({column}, experiment_id) {sign} (?, ?)" if after else ""
    call.executed("experiment-list-order")
    try:
        test = odata.compile_filter(filter or odata.AllOf(()), _FIELDS)
    except odata.Malformed as error:
        call.refuse(f"filter: {error}.")
    if filter is not None:
        call.executed("experiment-list-filter")
    found: list[experiments.Experiment] = []
    with call.store.read() as connection:
        rows = connection.execute(
            f"SELECT {experiments.COLUMNS} FROM experiments WHERE 1{_CONDITIONS[_VIEWS[view]]}{behind}"
            f" ORDER BY {column} {direction}, experiment_id {direction}",
            after or (),
        )
        for experiment in map(experiments.read_row, rows):
            if test(experiment):
                found.append(experiment)
            if len(found) > top:
                break
    token = None
    if len(found) > top:
        last = found[top - 1]
        token = paging.write_token((last.name if column == "name" else last.created, last.experiment_id))
    return Answer({"value": [_shown(one) for one in found[:top]], "continuationToken": token})


def read_filter(call: Call, text: Any) -> odata.Filter | None:
    """The filter that was sent; null and the empty text are none. Refuses what is malformed."""
    if text is None or call.a_text(text, "filter") == "":
        return None
    try:
        return odata.parse_filter(text)
    except odata.Malformed as error:
        call.refuse(f"filter: {error}.")
    except odata.Beyond as error:
        raise NotBuilt(f"the embedded workspace does not know {error}") from error


def read_order(
    call: Call, text: Any, fields: Mapping[str, object], otherwise: tuple[str, bool]
) -> tuple[str, bool]:
    """The field to order by, in lower case, and whether descending. Refuses what is malformed or not in `fields`."""
    if text is None or call.a_text(text, "orderby") == "":
        return otherwise
    try:
        field, descending = odata.parse_order(text)
    except odata.Malformed as error:
        call.refuse(f"orderby: {error}.")
    except odata.Beyond as error:
        raise NotBuilt(f"the embedded workspace does not know {error}") from error
    if field.lower() not in fields:
        call.refuse(f"orderby: there is no order by {field[:40]}.")
    return field.lower(), descending


def texts(call: Call, body: Mapping[str, Any], key: str) -> dict[str, str | None]:
    """The tags or properties that were sent, as the services keep them: texts or nulls."""
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


def id_of(connection: sqlite3.Connection, call: Call) -> str:
    """The id of the experiment in the path, by whichever of name and id the path has.

    Where only archived experiments have the name, it is the one that was archived last. Refuses if there is none.
    """
    if "experiment" not in call.args:
        return _by_id(connection, call).experiment_id
    found = experiments.find_by_name(connection, call.args["experiment"])
    return _not_found(call, call.args["experiment"]) if found is None else found.experiment_id


def id_to_write(connection: sqlite3.Connection, call: Call) -> str:
    """The id of the experiment in the path, to which a run is added.

    Where only archived experiments have the name, a new one is made. Refuses if there is none.
    """
    name = call.args.get("experiment")
    active = None if name is None else experiments.find_active(connection, name)
    if active is not None:
        return active.experiment_id
    identifier = id_of(connection, call)
    if name is None:
        return identifier
    call.executed("experiment-archived-is-not-written")
    return experiments.create_or_get(connection, name, times.now(), call.executed).experiment_id


def has_run(connection: sqlite3.Connection, call: Call, experiment_id: str) -> bool:
    """Whether the experiment in the path, if it has one, is the one of this id."""
    if "experiment" not in call.args:
        return call.args.get("experiment_id", experiment_id) == experiment_id
    query = "SELECT 1 FROM experiments WHERE experiment_id = ? AND name = ?"
    return connection.execute(query, (experiment_id, call.args["experiment"])).fetchone() is not None


def _refusing(change: Any, *args: Any) -> None:
    try:
        change(*args)
    except experiments.ExperimentRefused as error:
        raise ServiceError(400, "ValidationError", str(error)) from error


def _by_id(connection: sqlite3.Connection, call: Call) -> experiments.Experiment:
    found = experiments.find(connection, call.args["experiment_id"])
    return _not_found(call, call.args["experiment_id"]) if found is None else found


def _not_found(call: Call, experiment: str) -> NoReturn:
    call.executed("experiment-not-found")
    raise ServiceError(404, "NotFoundError", f"Experiment {experiment} was not found")


def _shown(experiment: experiments.Experiment) -> dict[str, Any]:
    archived = experiment.archived
    return {
        "experimentId": experiment.experiment_id,
        "name": experiment.name,
        "description": experiment.description,
        "createdUtc": times.show_time(experiment.created),
        "archivedTime": None if archived is None else times.show_time(archived),
        "tags": experiment.tags,
    }


_BY_ID = "/history/v1.0/experimentids/<experiment_id>"

ROUTES = (
    Route("GET", "/history/v1.0/experiments/<experiment>", get_by_name),
    Route("POST", "/history/v1.0/experiments/<experiment>", create),
    Route("POST", "/history/v1.0/experiments:query", query),
    Route("GET", _BY_ID, get_by_id),
    Route("PATCH", _BY_ID, change),
    Route("DELETE", _BY_ID, delete),
    Route("POST", f"{_BY_ID}/tags:delete", delete_tags),
)
