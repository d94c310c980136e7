"""Finding runs of an experiment: by filter, in order, page by page.

The language of filters is in `odata`; here are the fields of runs, and which part of a filter the database answers.
What it cannot answer is tried on one run after the other.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.workspace.rules import odata, runs, times

Executed = Callable[[str], None]

_MOST_CONDITIONS = 100
"""Parts of a filter that the database is given. SQLite allows a thousand or so in one expression."""
_ORDINARY = re.compile(r"[\w.:/+-]*", re.ASCII)


def _texts(of: Callable[[runs.Run], Any]) -> odata.Field[runs.Run]:
    return odata.Field(lambda run, _: of(run))


def _moments(of: Callable[[runs.Run], int | None]) -> odata.Field[runs.Run]:
    return odata.Field(lambda run, _: of(run), times.parse_time)


def _kind(run: runs.Run, key: str) -> Any:
    """`Orchestrator`, or `Traits/X`, which is there if the run has that trait."""
    kind = run.document.get("runTypeV2") or {}
    field, slash, trait = key.partition("/")
    if not slash:
        value = next((value for name, value in kind.items() if name.lower() == field.lower()), None)
        return value if isinstance(value, str) else odata.MISSING
    traits = kind.get("traits") if field.lower() == "traits" else None
    return trait if isinstance(traits, list) and trait in traits else odata.MISSING


FIELDS: Mapping[str, odata.Field[runs.Run]] = {
    "runid": _texts(lambda run: run.run_id),
    "parentrunid": _texts(lambda run: run.parent_run_id),
    "rootrunid": _texts(lambda run: run.root_run_id),
    "experimentid": _texts(lambda run: run.experiment_id),
    "status": _texts(lambda run: run.status),
    "datacontainerid": _texts(lambda run: run.data_container_id),
    "name": _texts(lambda run: run.document.get("name")),
    "displayname": _texts(lambda run: run.document.get("displayName")),
    "description": _texts(lambda run: run.document.get("description")),
    "runtype": _texts(lambda run: run.document.get("runType")),
    "scriptname": _texts(lambda run: run.document.get("scriptName")),
    "target": _texts(lambda run: run.document.get("target")),
    "primarymetricname": _texts(lambda run: run.document.get("primaryMetricName")),
    "runnumber": odata.Field(lambda run, _: run.run_number, int),
    "createdutc": _moments(lambda run: run.created),
    "starttimeutc": _moments(lambda run: run.started),
    "endtimeutc": _moments(lambda run: run.moment("endTimeUtc")),
    "tags": odata.Field(lambda run, key: run.tags.get(key, odata.MISSING), keyed=True),
    "properties": odata.Field(lambda run, key: run.properties.get(key, odata.MISSING), keyed=True),
    "runtypev2": odata.Field(_kind, keyed=True),
}

_COLUMN_OF = {
    "runid": "run_id",
    "parentrunid": "parent_run_id",
    "rootrunid": "root_run_id",
    "status": "status",
}
"""Fields that the database compares."""

ORDERS: Mapping[str, tuple[str, type]] = {
    "starttimeutc": ("started", int),
    "createdutc": ("created", int),
    "runnumber": ("run_number", int),
    "runid": ("run_id", str),
    "status": ("status", str),
}
"""Fields that runs can be ordered by, each with its column and the type of what is in there."""


@dataclass(frozen=True)
class Order:
    """By which field of `ORDERS`, in lower case. Runs that are equal there are ordered by their numbers likewise."""

    field: str = "starttimeutc"
    descending: bool = True


Key = tuple[int | str | None, int]
"""Where a page ends: the value by which the last run was ordered, and its number."""


def page(
    connection: sqlite3.Connection,
    experiment_id: str,
    filter: odata.Filter | None,
    order: Order,
    top: int,
    after: Key | None,
    executed: Executed,
) -> tuple[list[runs.Run], Key | None]:
    """The first `top` runs behind `after`, and where the next page begins (None: there is none).

    Raises `odata.Malformed` for a filter that compares what there is not.
    """
    where, values, test = _narrow(filter, executed)
    column, _ = ORDERS[order.field]
    executed("run-query-order")
    if after is not None:
        behind, more = _behind(column, order.descending, after)
        where, values = f"{where} AND {behind}", [*values, *more]
    direction = "DESC" if order.descending else "ASC"
    rows = connection.execute(
        f"SELECT {column}, {runs.COLUMNS} FROM runs WHERE experiment_id = ?{where}"
        f" ORDER BY {column} {direction}, run_number {direction}",
        [experiment_id, *values],
    )
    found: list[runs.Run] = []
    key: Key | None = None
    for value, *row in rows:
        run = runs.read_row(row)
        if test is not None and not test(run):
            continue
        if len(found) == top:
            return found, key
        if run.document.get("hidden"):
            executed("run-hidden-is-listed")
        found.append(run)
        key = (value, run.run_number)
    return found, None


def _narrow(
    filter: odata.Filter | None, executed: Executed
) -> tuple[str, list[str], Callable[[runs.Run], bool] | None]:
    """What of a filter the database answers, and the test for the rest of it."""
    if filter is None:
        return "", [], None
    executed("run-query-filter")
    where = ""
    values: list[str] = []
    rest: list[odata.Filter] = []
    for place, part in enumerate(odata.all_of(filter)):
        condition = _condition(part) if place < _MOST_CONDITIONS else None
        if condition is None:
            rest.append(part)
        else:
            where += f" AND {condition[0]}"
            values.extend(condition[1])
    for comparison in odata.comparisons_of(filter):
        _note(comparison, executed)
    return where, values, odata.compile_filter(odata.AllOf(tuple(rest)), FIELDS) if rest else None


def _condition(part: odata.Filter) -> tuple[str, Sequence[str]] | None:
    if not isinstance(part, odata.Comparison) or part.key is not None or part.operator != "eq":
        return None
    column = _COLUMN_OF.get(part.field.lower())
    if column is None:
        return None
    if part.value is None:
        return f"{column} IS NULL", ()
    try:
        part.value.encode()
    except UnicodeEncodeError:
        return None  # SQLite takes no half of a surrogate pair
    return f"{column} = ?", (part.value,)


def _behind(column: str, descending: bool, after: Key) -> tuple[str, list[Any]]:
    # For SQLite null is less than everything, and a comparison with it holds for nothing.
    value, number = after
    sign = "<" if descending else ">"
    if value is None:
        further = f"{column} IS NULL AND run_number {sign} ?"
        return f"(({further})" + ("" if descending else f" OR {column} IS NOT NULL") + ")", [number]
    nulls = f" OR {column} IS NULL" if descending else ""
    return f"({column} {sign} ? OR ({column} = ? AND run_number {sign} ?){nulls})", [value, value, number]


def _note(comparison: odata.Comparison, executed: Executed) -> None:
    if comparison.key is not None:
        executed("run-query-missing-key")
    if not all(_ORDINARY.fullmatch(text) for text in (comparison.key, comparison.value) if text):
        executed("run-query-text-as-it-is")
