"""MLflow's metrics in the tables of the metrics service: how they go in, and what of all metrics comes out.

To the metrics service a value of MLflow is a row with one column of floating-point numbers that has the name of the
metric. Every value is kept as it was sent; nothing is merged or dropped. Here is no HTTP.
"""

from __future__ import annotations

import json
import math
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.workspace.rules import limits, metrics
from harness.workspace.rules.mlflow_runs import TICKS_PER_MS, text

Executed = Callable[[str], None]

_KIND = {"uxMetricType": "azureml.v1.scalar"}
_NUMBERS = ("Int", "Double", "Bool")

# The index that makes this quick is on the same words.
_LATEST = """
SELECT metrics.name, metrics.columns, metrics.properties, points.created, points.step, points.data
FROM metrics JOIN points USING (metric)
WHERE metrics.run_id = ?
AND points.arrival = (
    SELECT last.arrival FROM points AS last WHERE last.metric = metrics.metric
    ORDER BY coalesce(last.step, 0) DESC, last.created DESC, last.arrival DESC LIMIT 1
)
ORDER BY metrics.metric
"""


@dataclass(frozen=True)
class Value:
    """One value of a metric as MLflow sends it. `timestamp` is in milliseconds."""

    value: float
    timestamp: int
    step: int


def append(
    connection: sqlite3.Connection, run_id: str, key: str, values: Sequence[Value], executed: Executed
) -> None:
    """Adds values to a metric of a run, all or none.

    Raises:
        MetricRefused: The metric is not one of numbers.
        OverLimit: There are too many values at once, or too many metrics in the run.
    """
    executed("mlflow-metric-is-a-scalar")
    limits.check(limits.METRIC_ROWS_PER_BATCH, len(values), executed)
    limits.check_text(limits.METRIC_COLUMN_NAME, key, executed)
    points = [
        metrics.Point(str(uuid.uuid4()), value.timestamp * TICKS_PER_MS, value.step, {key: value.value})
        for value in values
    ]
    metrics.append(connection, run_id, key, {key: "Double"}, _KIND, points, executed)


def latest(connection: sqlite3.Connection, run_id: str, executed: Executed) -> dict[str, dict[str, Any]]:
    """The last value of each metric of numbers, by name: of the largest step, then of the latest time.

    Of several with the same step and time it is the one that arrived last.
    """
    executed("mlflow-metric-latest")
    found: dict[str, dict[str, Any]] = {}
    for name, columns, properties, created, step, data in connection.execute(_LATEST, (run_id,)):
        key = json.loads(name)
        if not _is_of_numbers(key, json.loads(columns), json.loads(properties), executed):
            continue
        shown = _shown(key, created, step, json.loads(data), executed)
        if shown is not None:
            found[key] = shown
    return found


def history(
    connection: sqlite3.Connection, run_id: str, key: str, page: metrics.Page, executed: Executed
) -> tuple[list[dict[str, Any]], tuple[int, int] | None]:
    """Some of the values of a metric, and the place to go on from if there are more."""
    executed("mlflow-history-order")
    metric = metrics.find(connection, run_id, key)
    if metric is None:
        executed("mlflow-history-of-nothing")
        return [], None
    if not _is_of_numbers(key, metric.columns, metric.properties, executed):
        return [], None
    points, more = metrics.page_of(connection, metric, page)
    return list(_all_shown(metric, points, executed)), more


def _all_shown(
    metric: metrics.Metric, points: Sequence[metrics.Point], executed: Executed
) -> Iterator[dict[str, Any]]:
    for point in points:
        shown = _shown(metric.name, point.created, point.step, point.data, executed)
        if shown is not None:
            yield shown


def _is_of_numbers(name: str, columns: Any, properties: Any, executed: Executed) -> bool:
    """Whether MLflow sees the metric: one column of the metric's own name, of numbers or truth values."""
    if list(columns) != [name] or columns[name] not in _NUMBERS:
        executed("mlflow-metric-not-of-numbers")
        return False
    if columns[name] == "Bool":
        executed("mlflow-metric-of-truth-values")
    if properties != _KIND:
        executed("mlflow-metric-of-another-kind")
    return True


def _shown(name: str, created: int, step: int | None, data: Any, executed: Executed) -> dict[str, Any] | None:
    cell = data[name]
    if cell is None:
        executed("mlflow-metric-without-value")
        return None
    if step is None:
        executed("mlflow-metric-without-step")
    return {
        "key": text(name, executed),
        "value": _double(cell, executed),
        "timestamp": created // TICKS_PER_MS,
        "step": step or 0,
    }


def _double(cell: float, executed: Executed) -> float:
    try:
        return float(cell)
    except OverflowError:
        executed("mlflow-metric-beyond-a-double")
        return math.inf if cell > 0 else -math.inf
