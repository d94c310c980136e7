"""Logging: metrics, params, tags, one by one and in batches, and data sets that went into a run."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.workspace.routes.mlflow.reading import (
    Endpoints,
    find_run,
    key_of,
    moment,
    number,
    pairs,
    whole,
)
from harness.workspace.rules import metrics, mlflow_metrics, mlflow_runs, runs, times
from harness.workspace.wire.calls import Answer, Call, ServiceError

_MOST_METRICS = 1000
_MOST_PARAMS = 100
_MOST_TAGS = 100
_MOST = 1000
_LONGEST_KEY = 250
_LONGEST_PARAM = 6000


@dataclass
class _Batch:
    """What is to be logged, well formed, but not yet held against the run."""

    metrics: dict[str, list[mlflow_metrics.Value]] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


def log_metric(call: Call) -> Answer:
    """Adds one value to a metric."""
    body = call.json()
    return _log(call, body, _Batch(metrics=_metrics(call, [body])))


def log_param(call: Call) -> Answer:
    """Adds one param."""
    body = call.json()
    return _log(call, body, _Batch(params=_params(call, [body])))


def set_tag(call: Call) -> Answer:
    """Adds one tag, or replaces its value."""
    body = call.json()
    return _log(call, body, _Batch(tags=pairs(call, [body], "A tag")))


def delete_tag(call: Call) -> Answer:
    """Removes one tag."""
    body = call.json()
    key = key_of(call, body.get("key"), "key")
    with call.store.write() as connection:
        run = find_run(connection, call, body)
        if key not in run.tags:
            call.executed("mlflow-tag-not-found")
            raise ServiceError(404, "NotFoundError", f"The run has no tag {key}.")
        call.executed("mlflow-tag-deleted")
        del run.tags[key]
        runs.save(connection, run)
    return Answer({})


def log_batch(call: Call) -> Answer:
    """Adds metrics, params and tags, all or none."""
    body = call.json()
    _log(call, body, _batch(call, body))
    return Answer({})


def log_batch_async(call: Call) -> Answer:
    """As `log_batch`; nothing is left to wait for, which an empty tracking id says."""
    body = call.json()
    _log(call, body, _batch(call, body))
    call.executed("mlflow-async-at-once")
    return Answer({"batch_tracking_id": ""})


def get_data_status(call: Call) -> Answer:
    """Whether a batch has arrived: it has."""
    with call.store.read() as connection:
        find_run(connection, call, call.query)
    call.executed("mlflow-async-at-once")
    return Answer({"is_complete": True})


def log_inputs(call: Call) -> Answer:
    """Adds data sets that went into the run. Their texts are kept as they are."""
    body = call.json()
    inputs = [_input(call, one) for one in call.a_list(body.get("datasets") or [], "datasets")]
    with call.store.write() as connection:
        run = find_run(connection, call, body)
        mlflow_runs.add_inputs(connection, run.run_id, inputs)
    call.executed("mlflow-inputs-kept")
    return Answer({})


def _log(call: Call, body: Mapping[str, Any], batch: _Batch) -> Answer:
    with call.store.write() as connection:
        run = find_run(connection, call, body)
        if run.status in runs.TERMINAL:
            call.executed("mlflow-log-after-the-end")
        if batch.metrics:
            _append(connection, call, run.run_id, batch.metrics)
        if batch.params:
            call.executed("mlflow-params-kept")
            try:
                mlflow_runs.add_params(connection, run.run_id, batch.params, call.executed)
            except mlflow_runs.ParamRefused as refusal:
                raise ServiceError(400, "ValidationError", str(refusal), kind="ValidationError") from refusal
        if batch.tags:
            call.executed("mlflow-tags-kept")
            mlflow_runs.set_tags(run, batch.tags, call.executed)
            mlflow_runs.check_size(run, call.executed)
            runs.save(connection, run)
    return Answer({})


def _append(
    connection: sqlite3.Connection, call: Call, run_id: str, sent: Mapping[str, list[mlflow_metrics.Value]]
) -> None:
    for key, values in sent.items():
        try:
            mlflow_metrics.append(connection, run_id, key, values, call.executed)
        except metrics.MetricRefused as refusal:
            call.executed("mlflow-metric-refused")
            raise ServiceError(400, "ValidationError", str(refusal), kind="ValidationError") from refusal


def _batch(call: Call, body: Mapping[str, Any]) -> _Batch:
    sent = {key: call.a_list(body.get(key) or [], key) for key in ("metrics", "params", "tags")}
    sizes = [len(part) for part in sent.values()]
    if sizes[0] > _MOST_METRICS or sizes[1] > _MOST_PARAMS or sizes[2] > _MOST_TAGS or sum(sizes) > _MOST:
        call.executed("mlflow-batch-limits")
        call.refuse(
            f"A batch takes at most {_MOST_METRICS} metrics, {_MOST_PARAMS} params and {_MOST_TAGS} tags,"
            f" and {_MOST} of all together."
        )
    return _Batch(
        _metrics(call, sent["metrics"]), _params(call, sent["params"]), pairs(call, sent["tags"], "tags")
    )


def _metrics(call: Call, sent: Sequence[Any]) -> dict[str, list[mlflow_metrics.Value]]:
    found: dict[str, list[mlflow_metrics.Value]] = {}
    now = times.now() // mlflow_runs.TICKS_PER_MS
    for one in sent:
        metric = call.an_object(one, "A metric")
        value = mlflow_metrics.Value(
            number(call, metric.get("value"), "value"),
            moment(call, metric.get("timestamp"), "timestamp", now),
            whole(call, metric.get("step"), "step", 0),
        )
        found.setdefault(key_of(call, metric.get("key"), "key"), []).append(value)
    return found


def _params(call: Call, sent: Sequence[Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in sent:
        ((key, value),) = pairs(call, [one], "A param").items()
        if len(key) > _LONGEST_KEY or len(value) > _LONGEST_PARAM:
            call.executed("mlflow-param-length")
            call.refuse(
                f"A param has at most {_LONGEST_KEY} characters of name and {_LONGEST_PARAM} of value."
            )
        if found.setdefault(key, value) != value:
            call.executed("mlflow-param-fixed")
            call.refuse(f"The batch has two values for the param {key}.")
    return found


def _input(call: Call, value: Any) -> dict[str, Any]:
    sent = call.an_object(value, "A data set")
    described = call.an_object(sent.get("dataset"), "dataset")
    texts = {
        key: mlflow_runs.text(call.a_text(text, key), call.executed)
        for key, text in described.items()
        if text is not None
    }
    tags = [
        {"key": mlflow_runs.text(key, call.executed), "value": mlflow_runs.text(text, call.executed)}
        for key, text in pairs(call, sent.get("tags"), "tags").items()
    ]
    return {"dataset": texts, "tags": tags}


ENDPOINTS: Endpoints = (
    ("POST", "mlflow/runs/log-metric", log_metric),
    ("POST", "mlflow/runs/log-parameter", log_param),
    ("POST", "mlflow/runs/set-tag", set_tag),
    ("POST", "mlflow/runs/delete-tag", delete_tag),
    ("POST", "mlflow/runs/log-batch", log_batch),
    ("POST", "preview/mlflow/runs/log-batch-async", log_batch_async),
    ("GET", "preview/mlflow/runs/get-run-data-status", get_data_status),
    ("POST", "mlflow/runs/log-inputs", log_inputs),
)
