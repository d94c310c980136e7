"""Searches for runs and for experiments, with filters, orders and pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.workspace.routes.mlflow.experiments import shown as shown_experiment
from harness.workspace.routes.mlflow.reading import (
    DEFAULT_ID,
    LARGEST_SEARCH,
    Endpoints,
    find_experiment,
    is_in_view,
    page_size,
    whole,
)
from harness.workspace.routes.mlflow.runs import shown as shown_run
from harness.workspace.rules import experiments, mlflow_runs, mlflow_search, runs
from harness.workspace.wire.calls import Answer, Call, ServiceError

_DEFAULT_PAGE = 1000


def search_runs(call: Call) -> Answer:
    """The runs of some experiments."""
    body = call.json()
    asked = [
        call.a_storable(one, "experiment_ids")
        for one in call.a_list(body.get("experiment_ids") or [], "experiment_ids")
    ]
    chosen, order_by = _search(call, body)
    start, size = _page(call, body)
    view = body.get("run_view_type")
    is_in_view(call, view, deleted=False)
    if DEFAULT_ID in asked:
        with call.store.write() as connection:
            asked = [*asked, find_experiment(connection, call, DEFAULT_ID).experiment_id]
    with call.store.read() as connection:
        every = (
            mlflow_search.FoundRun(connection, run, call.executed)
            for run in _runs_of(connection, asked)
            if is_in_view(call, view, mlflow_runs.is_deleted(run))
        )
        try:
            found = mlflow_search.search_runs(every, chosen, order_by, call.executed)
        except mlflow_search.SearchRefused as refusal:
            raise _refused(refusal) from refusal
        shown = [shown_run(connection, call, one.run) for one in found[start : start + size]]
    return Answer({"runs": shown, **_next_page(call, start + size, len(found))})


def search_experiments(call: Call) -> Answer:
    """The experiments of the workspace."""
    body = call.json()
    chosen, order_by = _search(call, body)
    start, size = _page(call, body)
    view = body.get("view_type")
    with call.store.read() as connection:
        rows = connection.execute(f"SELECT {experiments.COLUMNS} FROM experiments").fetchall()
    every = [
        one for one in map(experiments.read_row, rows) if is_in_view(call, view, one.archived is not None)
    ]
    try:
        found = mlflow_search.search_experiments(every, chosen, order_by, call.executed)
    except mlflow_search.SearchRefused as refusal:
        raise _refused(refusal) from refusal
    shown = [shown_experiment(call, one) for one in found[start : start + size]]
    return Answer({"experiments": shown, **_next_page(call, start + size, len(found))})


def _runs_of(connection: sqlite3.Connection, experiment_ids: Sequence[str]) -> Iterator[runs.Run]:
    query = f"SELECT {runs.COLUMNS} FROM runs WHERE experiment_id = ?"
    for experiment_id in dict.fromkeys(experiment_ids):
        yield from map(runs.read_row, connection.execute(query, (experiment_id,)))


def _search(call: Call, body: Mapping[str, Any]) -> tuple[str, list[str]]:
    chosen = call.a_text(body.get("filter") or "", "filter")
    order_by = call.a_list(body.get("order_by") or [], "order_by")
    return chosen, [call.a_text(one, "order_by") for one in order_by]


def _page(call: Call, body: Mapping[str, Any]) -> tuple[int, int]:
    """Where the page begins, and how many it may have. Tokens of pages are places, since a search is made anew."""
    start = whole(call, body.get("page_token") or 0, "page_token")
    if start < 0:
        call.refuse("page_token is not one that this service gave.")
    return start, page_size(call, body.get("max_results") or None, _DEFAULT_PAGE, LARGEST_SEARCH)


def _next_page(call: Call, end: int, found: int) -> dict[str, str]:
    if end >= found:
        return {}
    call.executed("mlflow-search-paged")
    return {"next_page_token": str(end)}


def _refused(refusal: mlflow_search.SearchRefused) -> ServiceError:
    return ServiceError(400, "BadArgument", str(refusal))


ENDPOINTS: Endpoints = (
    ("POST", "mlflow/runs/search", search_runs),
    ("POST", "mlflow/experiments/search", search_experiments),
)
