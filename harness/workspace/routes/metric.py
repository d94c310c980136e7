"""The metrics service, second version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.workspace import metrics, runs, times
from harness.workspace.calls import Answer, Call, NotBuilt, Route, ServiceError
from harness.workspace.envelopes import root_error
from harness.workspace.routes.run import found_by_id

# The service's public limits. They are not enforced here; a behaviour of its own says so where they would
# apply.
_ROWS_PER_BATCH = 250
_COLUMNS_PER_ROW = 15
_LETTERS_PER_TEXT = 255


@dataclass(frozen=True)
class _Sent:
    """One metric of a batch: well formed, but not yet checked against what is stored.

    `raw` goes into an error.
    """

    raw: dict[str, Any]
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
                error = root_error(ServiceError(400, "ValidationError", str(refusal)))
                # Without the values, which may be NaN or infinite and then are no JSON.
                named = {**metric.raw, "value": []}
                errors.append({"metric": named, "errorResponse": {"error": error}})
    call.executed("metric-ingest-at-once")
    if not errors:
        return Answer()
    call.executed("metric-partial-errors")
    return Answer({"errors": errors}, status=207)


def list_names(call: Call) -> Answer:
    """The names of a run's metrics."""
    _refuse_unbuilt(call, call.json(), "metricNamespace", "continuationToken")
    with call.store.read() as connection:
        run = found_by_id(connection, call)
        found = list(metrics.all_of(connection, run.run_id))
    call.executed("metric-list-by-first-arrival")
    listed = [{"metricKey": {"name": metric.name}, "columns": metric.columns} for metric in found]
    return Answer({"value": listed, "continuationToken": None})


def get_full(call: Call) -> Answer:
    """All points of one metric."""
    body = call.json()
    name = call.a_text(body.get("metricName"), "metricName")
    _refuse_unbuilt(call, body, "startTime", "endTime", "continuationToken")
    with call.store.read() as connection:
        run = found_by_id(connection, call)
        metric = metrics.find(connection, run.run_id, name)
        if metric is None:
            call.executed("metric-not-found")
            raise ServiceError(404, "NotFoundError", f"Metric {name} was not found")
        points = metrics.points_of(connection, metric)
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
            "continuationToken": None,
        }
    )


def _sent(call: Call, value: Any) -> _Sent:
    raw = call.an_object(value, "A metric")
    name = call.a_text(raw.get("name"), "name")
    columns = call.an_object(raw.get("columns"), "columns")
    sent = _Sent(
        raw=raw,
        name=name,
        columns={column: call.a_text(kind, f"columns.{column}") for column, kind in columns.items()},
        properties=call.an_object_or_none(raw.get("properties"), "properties"),
        points=[_point(call, point) for point in call.a_list(raw.get("value"), "value")],
    )
    if _over_a_documented_limit(sent):
        call.executed("metric-limits-not-enforced")
    return sent


def _over_a_documented_limit(sent: _Sent) -> bool:
    texts = [cell for point in sent.points for cell in point.data.values() if isinstance(cell, str)]
    return (
        len(sent.points) > _ROWS_PER_BATCH
        or len(sent.columns) > _COLUMNS_PER_ROW
        or any(len(text) > _LETTERS_PER_TEXT for text in (sent.name, *sent.columns, *texts))
    )


def _point(call: Call, value: Any) -> metrics.Point:
    point = call.an_object(value, "A value")
    metric_id, created, step = point.get("metricId"), point.get("createdUtc"), point.get("step")
    data = call.an_object(point.get("data"), "data")
    if any(isinstance(cell, (dict, list)) for cell in data.values()):
        call.refuse("A cell must not be an object or an array.")
    if step is not None:
        call.executed("metric-step-kept")
    return metrics.Point(
        metric_id=None if metric_id is None else call.a_text(metric_id, "metricId"),
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


def _refuse_unbuilt(call: Call, body: dict[str, Any], *keys: str) -> None:
    for key in keys:
        if body.get(key) is not None:
            raise NotBuilt(f"the embedded workspace does not serve {key} here")


ROUTES = (
    Route("POST", "/metric/v2.0/runs/<run>/batch", post_batch),
    Route("POST", "/metric/v2.0/runs/<run>/list", list_names),
    Route("POST", "/metric/v2.0/runs/<run>/full", get_full),
)
