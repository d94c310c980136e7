"""Whatever JSON is sent about runs and experiments, the answer is an answer: done, not found, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.workspace import EmbeddedWorkspace, UnservedRequest
from harness.workspace.rules.runs import REPLACED, STATUSES

NAMES = ["a", "b", "", "\x00", "\ud800", "é", "x" * 300]
TEXTS = st.sampled_from(
    [
        *NAMES,
        *sorted(STATUSES)[:4],
        *("2024-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "(RunId eq a)", "RunId", "Tags/a eq null"),
        *(
            f"Microsoft.MachineLearning.Run.{name}"
            for name in ("Start", "Error", "Warning", "Failed", "Heartbeat")
        ),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
KEYS = [
    *REPLACED,
    *(
        "runId",
        "parentRunId",
        "status",
        "startTimeUtc",
        "tags",
        "properties",
        "timestamp",
        "data",
        "events",
        "runs",
    ),
    *(
        "filter",
        "orderby",
        "top",
        "continuationToken",
        "viewType",
        "archive",
        "name",
        "RunId",
        "ErrorResponse",
    ),
    *("StartTime", "EndTime", "Source", "Message"),
]
OBJECTS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4)
BODIES = (
    OBJECTS
    | VALUES
    | st.dictionaries(st.sampled_from(KEYS), OBJECTS | st.lists(OBJECTS, max_size=3), max_size=4)
)
REQUESTS = st.sampled_from(
    [
        ("POST", "experiments/{name}"),
        ("POST", "experiments:query"),
        ("PATCH", "experimentids/{id}"),
        ("POST", "experimentids/{id}/tags:delete"),
        ("PATCH", "experiments/contract/runs/{name}"),
        ("PATCH", "experimentids/{id}/runs/{name}"),
        ("GET", "experiments/contract/runs/{name}/details"),
        ("DELETE", "experiments/contract/runs/{name}/tags"),
        ("POST", "experiments/contract/runs/{name}/events"),
        ("PATCH", "experiments/contract/batch/runs"),
        ("POST", "experiments/contract/batch/events"),
        ("POST", "experiments/contract/runs:query"),
        ("GET", "experiments/contract/runs/{name}/children"),
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(
    request=REQUESTS,
    name=st.sampled_from(["a", "b", "%00", "%ED%A0%80", "%C3%A9", "%2F", "x" * 300]),
    body=BODIES,
    query=st.dictionaries(
        st.sampled_from(["$filter", "$orderby", "$top", "$continuationToken"]), TEXTS, max_size=2
    ),
)
def test_every_request_has_an_answer(
    workspace: EmbeddedWorkspace,
    send: Callable[..., requests.Response],
    experiment: Any,
    request: tuple[str, str],
    name: str,
    body: Any,
    query: dict[str, str],
) -> None:
    method, path = request
    params = {key: value.encode("utf-8", "replace") for key, value in query.items()}
    try:
        answer = send(
            method,
            "history/v1.0",
            path.format(id=experiment.id, name=name),
            data=json.dumps(body),
            params=params if method == "GET" else None,
        )
    except UnservedRequest:
        workspace.unserved.clear()
        return
    assert answer.status_code in (200, 400, 404)
    if answer.status_code != 200:
        assert answer.json()["error"]["message"]
