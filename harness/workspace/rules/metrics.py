"""The rules of the metrics service: which points a metric takes, and how it gives them back.

Here is no HTTP. The data of a point are kept exactly as they were sent; types are applied when they are read.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.workspace.rules import limits
from harness.workspace.rules.storage import to_json

_TYPES = {
    "int": "Int",
    "double": "Double",
    "float": "Double",
    "string": "String",
    "bool": "Bool",
    "artifact": "Artifact",
    "none": "None",
}

_FIRST, _LAST = -(2**63), 2**63 - 1

Executed = Callable[[str], None]


class MetricRefused(Exception):
    """One metric of a batch does not fit; the others are not affected."""


@dataclass(frozen=True)
class Point:
    """One value of a metric: a cell for each column. `created` is in ticks."""

    metric_id: str | None
    created: int
    step: int | None
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """Which points are asked for: behind a place (time and arrival), between two times, and how many at most."""

    most: int
    after: tuple[int, int] = (_FIRST, 0)
    start: int = _FIRST
    end: int = _LAST


@dataclass(frozen=True)
class Metric:
    """What all points of a name share."""

    key: int
    name: str
    columns: Mapping[str, str]
    properties: Mapping[str, Any]


def append(
    connection: sqlite3.Connection,
    run_id: str,
    name: str,
    columns: Mapping[str, str],
    properties: Mapping[str, Any],
    points: Sequence[Point],
    executed: Executed,
) -> None:
    """Adds points to a metric of a run, all or none.

    Raises:
        MetricRefused: They break the schema of the metric.
        OverLimit: The run would have too many metrics, or the metric too many points.
    """
    declared = {column: _canonical(column, kind, executed) for column, kind in columns.items()}
    for point in points:
        declared = _check_cells(declared, point, executed)
    found = find(connection, run_id, name)
    if found is None:
        (names,) = connection.execute("SELECT count(*) FROM metrics WHERE run_id = ?", (run_id,)).fetchone()
        limits.check(limits.METRIC_NAMES, names + 1, executed)
        executed("metric-first-schema")
        inserted = connection.execute(
            "INSERT INTO metrics (run_id, name, columns, properties) VALUES (?, ?, ?, ?)",
            (run_id, to_json(name), to_json(declared), to_json(properties)),
        )
        key = inserted.lastrowid
    else:
        key = found.key
        if properties != found.properties:
            executed("metric-kind-of-the-first")
        merged = _merge(found, declared, executed)
        _check_number_of_points(connection, key, len(points), executed)
        if merged != found.columns:
            connection.execute("UPDATE metrics SET columns = ? WHERE metric = ?", (to_json(merged), key))
    connection.executemany(
        "INSERT INTO points (metric, created, metric_id, step, data) VALUES (?, ?, ?, ?, ?)",
        [(key, point.created, point.metric_id, point.step, to_json(point.data)) for point in points],
    )


def find(connection: sqlite3.Connection, run_id: str, name: str) -> Metric | None:
    """The metric of a run by its exact name."""
    query = "SELECT metric, name, columns, properties FROM metrics WHERE run_id = ? AND name = ?"
    row = connection.execute(query, (run_id, to_json(name))).fetchone()
    return None if row is None else _metric(row)


def all_of(connection: sqlite3.Connection, run_id: str) -> Iterator[Metric]:
    """The metrics of a run, in the order in which they first came."""
    query = "SELECT metric, name, columns, properties FROM metrics WHERE run_id = ? ORDER BY metric"
    return map(_metric, connection.execute(query, (run_id,)).fetchall())


def points_of(connection: sqlite3.Connection, metric: Metric) -> list[Point]:
    """All points by the client's clock; equal times by arrival, then by their place in the batch."""
    query = "SELECT metric_id, created, step, data FROM points WHERE metric = ? ORDER BY created, arrival"
    rows = connection.execute(query, (metric.key,))
    return [Point(metric_id, created, step, json.loads(data)) for metric_id, created, step, data in rows]


def page_of(
    connection: sqlite3.Connection, metric: Metric, page: Page
) -> tuple[list[Point], tuple[int, int] | None]:
    """Some of the points, in the order of `points_of`, and the place to go on from if there are more."""
    query = (
        "SELECT arrival, metric_id, created, step, data FROM points"
        " WHERE metric = ? AND (created, arrival) > (?, ?) AND created BETWEEN ? AND ?"
        " ORDER BY created, arrival LIMIT ?"
    )
    bounds = (page.start, page.end, page.most + 1)
    rows = connection.execute(query, (metric.key, *page.after, *bounds)).fetchall()
    points = [
        Point(metric_id, created, step, json.loads(data))
        for _, metric_id, created, step, data in rows[: page.most]
    ]
    more = len(rows) > page.most
    return points, (points[-1].created, rows[page.most - 1][0]) if more else None


def wire_data(metric: Metric, data: Mapping[str, Any], executed: Executed) -> dict[str, Any]:
    """The cells of a point as they are sent, by the types that the columns have now."""
    return {column: _wire_cell(kind, data[column], executed) for column, kind in metric.columns.items()}


def _check_number_of_points(
    connection: sqlite3.Connection, metric: int, added: int, executed: Executed
) -> None:
    # Counting takes long where there are many; no metric has more points than ever arrived for all of them.
    (arrived,) = connection.execute("SELECT coalesce(max(arrival), 0) FROM points").fetchone()
    if arrived + added > limits.METRIC_ROWS.most:
        (there,) = connection.execute("SELECT count(*) FROM points WHERE metric = ?", (metric,)).fetchone()
        limits.check(limits.METRIC_ROWS, there + added, executed)


def _metric(row: tuple[int, str, str, str]) -> Metric:
    key, name, columns, properties = row
    return Metric(key, json.loads(name), json.loads(columns), json.loads(properties))


def _canonical(column: str, kind: str, executed: Executed) -> str:
    executed("metric-column-type-case")
    canonical = _TYPES.get(kind.lower())
    if canonical is None:
        executed("metric-column-type-unknown")
        raise MetricRefused(f"Column {column} has the unknown type {kind}.")
    return canonical


def _check_cells(columns: dict[str, str], point: Point, executed: Executed) -> dict[str, str]:
    """The types of the columns after this point. Raises `MetricRefused` if it does not fit."""
    if point.data.keys() != columns.keys():
        executed("metric-row-has-all-columns")
        raise MetricRefused(f"A value has the columns {_list(point.data)}; the metric has {_list(columns)}.")
    for column, cell in point.data.items():
        if cell is None:
            executed("metric-null-cell")
        elif columns[column] == "Int" and isinstance(cell, float):
            executed("metric-int-widens-to-double")
            columns = {**columns, column: "Double"}
        elif not _fits(columns[column], cell):
            executed("metric-cell-fits-column")
            raise MetricRefused(f"A value of column {column} is not of its type {columns[column]}.")
    return columns


def _fits(kind: str, cell: Any) -> bool:
    match kind:
        case "Int":
            return isinstance(cell, int) and not isinstance(cell, bool)
        case "Double":
            return isinstance(cell, (int, float)) and not isinstance(cell, bool)
        case "String" | "Artifact":
            return isinstance(cell, str)
        case "Bool":
            return isinstance(cell, bool)
        case _:
            return False


def _merge(metric: Metric, declared: Mapping[str, str], executed: Executed) -> Mapping[str, str]:
    if declared.keys() != metric.columns.keys():
        executed("metric-same-columns")
        raise MetricRefused(f"The metric has the columns {_list(metric.columns)}, not {_list(declared)}.")
    return {
        column: _merge_types(column, kind, declared[column], executed)
        for column, kind in metric.columns.items()
    }


def _merge_types(column: str, known: str, declared: str, executed: Executed) -> str:
    if known == declared:
        return known
    if {known, declared} == {"Int", "Double"}:
        executed("metric-int-widens-to-double")
        return "Double"
    if "None" in (known, declared):
        executed("metric-none-column-takes-type")
        return declared if known == "None" else known
    executed("metric-type-conflict")
    raise MetricRefused(f"Column {column} has the type {known}, not {declared}.")


def _wire_cell(kind: str, cell: Any, executed: Executed) -> Any:
    if kind == "Int" and cell is not None and not -(2**63) <= cell < 2**63:
        executed("metric-int-any-size")
    if kind != "Double":
        return cell
    if cell is None:
        executed("metric-null-in-double")
        return "NaN"
    number = _double(cell)
    if math.isfinite(number):
        return number
    executed("metric-non-finite-as-text")
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _double(cell: int | float) -> float:
    try:
        return float(cell)
    except OverflowError:
        return math.inf if cell > 0 else -math.inf


def _list(columns: Mapping[str, Any]) -> str:
    return ", ".join(columns) or "none"
