"""The history of metrics. What a run has of each metric is read with the run."""

from __future__ import annotations

from typing import Any

from harness.workspace.routes.mlflow.reading import Endpoints, find_run, page_size
from harness.workspace.routes.mlflow.runs import finite
from harness.workspace.rules import metrics, mlflow_metrics, paging
from harness.workspace.wire.calls import Answer, Call

_LARGEST_HISTORY = 25_000


def get_history(call: Call) -> Answer:
    """All values of one metric, page by page."""
    size = page_size(call, call.query.get("max_results"), _LARGEST_HISTORY, _LARGEST_HISTORY)
    after = paging.read_token(call, call.query.get("page_token"), (int, int))
    page = metrics.Page(size)
    if after is not None and None not in after:
        page = metrics.Page(size, after=(after[0], after[1]))
    with call.store.read() as connection:
        run = find_run(connection, call, call.query)
        found, more = mlflow_metrics.history(
            connection, run.run_id, call.query.get("metric_key", ""), page, call.executed
        )
    call.executed("mlflow-history-paged")
    answer: dict[str, Any] = {"metrics": [finite(value) for value in found]}
    return Answer(answer if more is None else {**answer, "next_page_token": paging.write_token(more)})


ENDPOINTS: Endpoints = (("GET", "mlflow/metrics/get-history", get_history),)
