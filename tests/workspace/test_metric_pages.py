"""Metrics as other clients may send them and ask for them: by page, by time and by namespace."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from harness.workspace import EmbeddedWorkspace
from harness.workspace.routes import metric as metric_routes
from harness.workspace.rules import limits, metrics


def ask(workspace: EmbeddedWorkspace, run: Any, what: str, **body: Any) -> requests.Response:
    context = workspace.sdk.service_context
    url = f"{context._get_run_history_url()}/metric/v2.0{context._get_workspace_scope()}/runs/{run.id}/{what}"
    return requests.post(url, json=body, timeout=5)


def post(workspace: EmbeddedWorkspace, run: Any, *created: str) -> None:
    value = [{"createdUtc": time, "data": {"m": number}} for number, time in enumerate(created)]
    answer = ask(workspace, run, "batch", values=[{"name": "m", "columns": {"m": "Int"}, "value": value}])
    assert answer.status_code == 200


def values(answer: requests.Response) -> list[int]:
    return [value["data"]["m"] for value in answer.json()["value"]]


TIMES = ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00.0000001Z", "2024-01-03T00:00:00+00:00"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"startTime": TIMES[1]}, [1, 2]),
        ({"endTime": TIMES[1]}, [0, 1]),
        ({"startTime": TIMES[1], "endTime": TIMES[1]}, [1]),
        ({"startTime": TIMES[2], "endTime": TIMES[0]}, []),
    ],
    ids=str,
)
def test_points_are_asked_for_by_their_times(
    workspace: EmbeddedWorkspace, run: Any, asked: dict[str, str], found: list[int]
) -> None:
    post(workspace, run, *TIMES)
    assert values(ask(workspace, run, "full", metricName="m", **asked)) == found


def test_values_come_back_by_the_times_that_the_client_gave(workspace: EmbeddedWorkspace, run: Any) -> None:
    """As points in time, not as text: the client leaves trailing zeros out."""
    times = ["08.741012Z", "08.741Z", "08.7410119Z", "08.741012+00:00", "08Z"]
    post(workspace, run, *(f"2024-01-01T00:00:{time}" for time in times))
    assert values(ask(workspace, run, "full", metricName="m")) == [4, 1, 2, 0, 3]


def test_pages_neither_skip_nor_repeat_equal_times(
    workspace: EmbeddedWorkspace, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metric_routes, "_POINTS_PER_PAGE", 3)
    post(workspace, run, *[TIMES[0]] * 10)
    token, pages = None, []
    while True:
        answer = ask(workspace, run, "full", metricName="m", continuationToken=token)
        pages.append(values(answer))
        token = answer.json()["continuationToken"]
        if token is None:
            break
    assert pages == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]


@pytest.mark.parametrize("what", ["full", "list"])
@pytest.mark.parametrize(
    "token", ["", "x", "1", "1:2:3", "9999999999999999999:1", "\u0661:\u0662", 5], ids=ascii
)
def test_a_token_that_was_never_given_out_is_refused(
    workspace: EmbeddedWorkspace, run: Any, what: str, token: Any
) -> None:
    post(workspace, run, *TIMES)
    answer = ask(workspace, run, what, metricName="m", continuationToken=token)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UserError")


@pytest.mark.parametrize("data", [{"a": 1}, {}, {"a": 1, "b": 2, "c": 3}], ids=str)
def test_a_value_that_lacks_a_column_is_refused_alone(
    workspace: EmbeddedWorkspace, run: Any, data: dict[str, int]
) -> None:
    ragged = {"name": "r", "columns": {"a": "Int", "b": "Int"}, "value": [{"data": data}]}
    whole = {"name": "w", "columns": {"a": "Int"}, "value": [{"data": {"a": 1}}]}
    answer = ask(workspace, run, "batch", values=[ragged, whole])
    assert [error["metric"]["name"] for error in answer.json()["errors"]] == ["r"]
    listed = ask(workspace, run, "list").json()["value"]
    assert [metric["metricKey"]["name"] for metric in listed] == ["w"]


def test_a_namespace_has_no_metrics(workspace: EmbeddedWorkspace, run: Any) -> None:
    post(workspace, run, *TIMES)
    assert ask(workspace, run, "list", metricNamespace="n").json()["value"] == []
    assert len(ask(workspace, run, "list", metricNamespace=None).json()["value"]) == 1


def test_a_metric_has_at_most_so_many_points(
    workspace: EmbeddedWorkspace, run: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    few = limits.Limit(limits.METRIC_ROWS.field, 5, limits.METRIC_ROWS.behaviour)
    monkeypatch.setattr(metrics.limits, "METRIC_ROWS", few)
    run.log_list("other", [1, 2, 3, 4, 5])
    run.log_list("m", [1, 2, 3])
    run.log_list("m", [4, 5])
    run.flush()
    run.log("m", 6)
    run.flush()
    assert run.get_metrics() == {"other": [1, 2, 3, 4, 5], "m": [1, 2, 3, 4, 5]}
    assert "Limit=5, Size=6" in caplog.text
