"""Run history: queries for runs, children among them, and the creation of many runs at once."""

from __future__ import annotations

from typing import Any, cast

from harness.workspace.routes import experiment
from harness.workspace.routes import run as run_routes
from harness.workspace.rules import odata, paging, run_queries
from harness.workspace.wire.calls import Answer, Call, Route, ServiceError
from harness.workspace.wire.envelopes import error_envelope


def query(call: Call) -> Answer:
    """A page of the runs of an experiment that a filter selects."""
    body = call.json()
    return _page(
        call, body.get("filter"), body.get("orderby"), body.get("top"), body.get("continuationToken")
    )


def children(call: Call) -> Answer:
    """A page of the children of a run."""
    sent = call.query
    call.executed("run-children-listed")
    return _page(
        call, sent.get("$filter"), sent.get("$orderby"), sent.get("$top"), sent.get("$continuationToken")
    )


def create_batch(call: Call) -> Answer:
    """Creates or changes runs. Those that are refused are named; the others are there."""
    sent = call.a_list(call.json().get("runs"), "runs")
    changes = [run_routes.read_change(call, call.an_object(body, "A run")) for body in sent]
    call.executed("run-batch")
    created: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    with call.store.write() as connection:
        for change in changes:
            try:
                run = run_routes.apply_change(call, connection, change)
            except ServiceError as error:
                call.executed("run-of-a-batch-refused")
                errors[change.run_id] = error_envelope(error, call.identity)
            else:
                created[run.run_id] = run_routes.shown(call, run)
    return Answer({"runs": created, "errors": errors})


def _page(call: Call, filter: Any, orderby: Any, top: Any, token: Any) -> Answer:
    parsed = experiment.read_filter(call, filter)
    order = run_queries.Order(
        *experiment.read_order(call, orderby, run_queries.ORDERS, ("starttimeutc", True))
    )
    size = paging.page_size(call, top)
    after = paging.read_token(call, token, (str, bool, run_queries.ORDERS[order.field][1], int))
    if after is not None:
        if after[:2] != [order.field, order.descending] or after[3] is None:
            call.refuse("continuationToken is of another query.")
        after = after[2:]
    with call.store.read() as connection:
        if "run" in call.args:
            parent = run_routes.found(connection, call)
            experiment_id = parent.experiment_id
            of_parent = odata.Comparison("ParentRunId", None, "eq", parent.run_id)
            parsed = odata.AllOf((of_parent, *(odata.all_of(parsed) if parsed else ())))
        else:
            experiment_id = experiment.id_of(connection, call)
        try:
            found, key = run_queries.page(
                connection,
                experiment_id,
                parsed,
                order,
                size,
                cast("run_queries.Key | None", after),
                call.executed,
            )
        except odata.Malformed as error:
            call.refuse(f"filter: {error}.")
    further = None if key is None else paging.write_token((order.field, order.descending, *key))
    return Answer({"value": [run_routes.shown(call, run) for run in found], "continuationToken": further})


ROUTES = tuple(
    route
    for path in run_routes.PATHS
    for route in (
        Route("POST", f"{path}/runs:query", query),
        Route("GET", f"{path}/runs/<run>/children", children),
        Route("PATCH", f"{path}/batch/runs", create_batch),
    )
)
