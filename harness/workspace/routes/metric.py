"""The metrics service, second version."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.workspace.routes.run import found_by_id
from harness.workspace.rules import limits, metrics, runs, times
from harness.workspace.wire.calls import Answer, Call, Route, ServiceError
from harness.workspace.wire.envelopes import root_error

_POINTS_PER_PAGE = 1000
_TOKEN = re.compile(r"(-?\d{1,19}):(\d{1,19})", re.ASCII)


@dataclass(frozen=True)
class _Sent:
    """One metric of a batch: well formed, but not yet checked against what is stored."""

    name: str
    columns: dict[str, str]
    properties: dict[str, Any]
    points: list[metrics.Point]


def post_batch(call: Call) -> Answer:
    """Stores the metrics of a batch. Those that do not fit are named in the answer; the others are stored."""
    sent = [_sent(call, value) for value in call.a_list(call.json().get("values"), "values")]
    errors = []
    with call.store.write() as connection:
        run = found_by_id(connection, call)
        if run.status in runs.TERMINAL:
            call.executed("metric-after-the-end")
        for metric in sent:
            try:
                metrics.append(
                    connection,
                    run.run_id,
                    metric.name,
                    metric.columns,
                    metric.properties,
                    metric.points,
                    call.executed,
                )
            except metrics.MetricRefused as refusal:
                errors.append(_error(metric, ServiceError(400, "ValidationError", str(refusal))))
            except limits.OverLimit as refusal:
                errors.append(_error(metric, refusal))
    call.executed("metric-ingest-at-once")
    if not errors:
        return Answer()
    call.executed("metric-partial-errors")
    return Answer({"errors": errors}, status=207)


def list_names(call: Call) -> Answer:
    """The names of a run's metrics."""
    body = call.json()
    namespace = body.get("metricNamespace")
    if namespace is not None and call.a_text(namespace, "metricNamespace"):
        call.executed("metric-namespace-empty")
        return Answer({"value": [], "continuationToken": None})
    if body.get("continuationToken") is not None:
        call.refuse("continuationToken is none that was given out.")
    with call.store.read() as connection:
        run = found_by_id(connection, call)
        found = list(metrics.all_of(connection, run.run_id))
    call.executed("metric-list-by-first-arrival")
    call.executed("metric-list-whole")
    listed = [{"metricKey": {"name": metric.name}, "columns": metric.columns} for metric in found]
    return Answer({"value": listed, "continuationToken": None})


def get_full(call: Call) -> Answer:
    """The points of one metric, page by page."""
    body = call.json()
    name = call.a_text(body.get("metricName"), "metricName")
    page = _page(call, body)
    with call.store.read() as connection:
        run = found_by_id(connection, call)
        metric = metrics.find(connection, run.run_id, name)
        if metric is None:
            call.executed("metric-not-found")
            raise ServiceError(404, "NotFoundError", f"Metric {name} was not found")
        points, behind = metrics.page_of(connection, metric, page)
    if behind is not None:
        call.executed("metric-points-in-pages")
    call.executed("metric-order-by-client-clock")
    if any(point.step is not None for point in points):
        call.executed("metric-step-does-not-order")
    return Answer(
        {
            "dataContainerId": run.data_container_id,
            "name": metric.name,
            "columns": metric.columns,
            "properties": {"dataLocation": None, **metric.properties},
            "namespace": None,
            "standardSchemaId": None,
            "value": [_shown(call, metric, point) for point in points],
            "continuationToken": None if behind is None else f"{behind[0]}:{behind[1]}",
        }
    )


def _page(call: Call, body: Mapping[str, Any]) -> metrics.Page:
    """What is asked for. Times are inclusive at both ends."""
    page = metrics.Page(_POINTS_PER_PAGE)
    start, end, after = body.get("startTime"), body.get("endTime"), _continued(call, body)
    if start is not None or end is not None:
        call.executed("metric-between-times")
    return metrics.Page(
        _POINTS_PER_PAGE,
        after=page.after if after is None else after,
        start=page.start if start is None else call.a_time(start, "startTime"),
        end=page.end if end is None else call.a_time(end, "endTime"),
    )


def _continued(call: Call, body: Mapping[str, Any]) -> tuple[int, int] | None:
    """The two numbers of a token that an answer gave out before."""
    token = body.get("continuationToken")
    if token is None:
        return None
    found = _TOKEN.fullmatch(call.a_text(token, "continuationToken"))
    if found is None:
        call.refuse("continuationToken is none that was given out.")
    first, second = map(int, found.groups())
    return call.a_long(first, "continuationToken"), call.a_long(second, "continuationToken")


def _error(metric: _Sent, refusal: ServiceError) -> dict[str, Any]:
    # Without the values, which may be NaN or infinite and then are no JSON.
    shown = {"name": metric.name, "columns": metric.columns, "properties": metric.properties, "value": []}
    return {"metric": shown, "errorResponse": {"error": root_error(refusal)}}


def _sent(call: Call, value: Any) -> _Sent:
    raw = call.an_object(value, "A metric")
    name = call.a_text(raw.get("name"), "name")
    columns = call.an_object(raw.get("columns"), "columns")
    sent = _Sent(
        name=name,
        columns={column: call.a_text(kind, f"columns.{column}") for column, kind in columns.items()},
        properties=call.an_object_or_none(call.plain(raw.get("properties"), "properties"), "properties"),
        points=[_point(call, point) for point in call.a_list(raw.get("value"), "value")],
    )
    cells = [cell for point in sent.points for cell in point.data.values() if isinstance(cell, str)]
    if any(map(limits.has_half_pairs, (name, *columns, *cells))):
        call.executed("metric-half-pairs-kept")
    limits.check_metric(sent.columns, [point.data for point in sent.points], call.executed)
    return sent


def _point(call: Call, value: Any) -> metrics.Point:
    point = call.an_object(value, "A value")
    metric_id, created, step = point.get("metricId"), point.get("createdUtc"), point.get("step")
    data = call.an_object(point.get("data"), "data")
    if any(isinstance(cell, (dict, list)) for cell in data.values()):
        call.refuse("A cell must not be an object or an array.")
    if step is not None:
        call.executed("metric-step-kept")
    return metrics.Point(
        metric_id=None if metric_id is None else call.a_storable(metric_id, "metricId"),
        created=times.now() if created is None else call.a_time(created, "createdUtc"),
        step=None if step is None else call.a_long(step, "step"),
        data=data,
    )


def _shown(call: Call, metric: metrics.Metric, point: metrics.Point) -> dict[str, Any]:
    return {
        "metricId": point.metric_id,
        "createdUtc": times.show_time(point.created),
        "step": point.step,
        "data": metrics.wire_data(metric, point.data, call.executed),
    }


ROUTES = (
    Route("POST", "/metric/v2.0/runs/<run>/batch", post_batch),
    Route("POST", "/metric/v2.0/runs/<run>/list", list_names),
    Route("POST", "/metric/v2.0/runs/<run>/full", get_full),
)
