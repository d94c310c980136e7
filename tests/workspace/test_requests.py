"""Requests that the workspace does not serve, that are malformed, and those that are none of its business."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from harness.workspace import (
    EmbeddedWorkspace,
    HandlerFailed,
    UnservedRequest,
    UnservedRequestWarning,
    WorkspaceClosed,
    open_workspace,
)

Send = Callable[..., requests.Response]


def test_a_call_that_is_not_served_says_so(folder: Path) -> None:
    def ask() -> None:
        from azureml.core import Model

        with open_workspace(folder) as workspace:
            with pytest.raises(UnservedRequest, match=r"GET https://.*modelmanagement.*/models") as caught:
                Model.list(workspace.sdk)
            assert caught.value.method == "GET"
            assert "/models" in caught.value.url
            assert len(workspace.unserved) == 1

    with pytest.warns(UnservedRequestWarning, match="/models"):
        ask()


def test_a_call_that_is_not_served_is_not_swallowed_by_the_client(folder: Path) -> None:
    from azureml.core import Experiment

    with open_workspace(folder) as workspace:
        run = Experiment(workspace.sdk, "contract").start_logging()
        # Asks for another workspace of the same host. The client turns any Exception here into no metrics.
        run._client.metrics._workspace_arguments[2] = "other"
        with pytest.raises(UnservedRequest, match=r"workspaces/other/runs/.*/list"):
            run.get_metrics()
        workspace.unserved.clear()


def test_leaving_by_the_unserved_request_warns_no_second_time(
    folder: Path, recwarn: pytest.WarningsRecorder
) -> None:
    with pytest.raises(UnservedRequest), open_workspace(folder) as workspace:
        requests.get(workspace.sdk.service_context._get_api_url() + "/nothing", timeout=5)
    assert not [warning for warning in recwarn if warning.category is UnservedRequestWarning]


def test_what_is_known_to_be_unserved_gives_no_warning(
    folder: Path, recwarn: pytest.WarningsRecorder
) -> None:
    with open_workspace(folder) as workspace:
        with pytest.raises(UnservedRequest):
            requests.get(workspace.sdk.service_context._get_api_url() + "/nothing", timeout=5)
        workspace.unserved.clear()
    assert not [warning for warning in recwarn if warning.category is UnservedRequestWarning]


def test_other_hosts_are_out_of_reach_while_a_workspace_is_open(folder: Path, no_network: list[str]) -> None:
    with open_workspace(folder) as workspace:
        with pytest.raises(UnservedRequest, match=r"GET https://example\.org/x"):
            requests.get("https://example.org/x", timeout=5)
        workspace.unserved.clear()
    assert no_network == []
    with pytest.raises(AssertionError, match="the network was used"):
        requests.get("https://example.org/x", timeout=5)


def test_hosts_of_a_closed_workspace_stay_refused(folder: Path, no_network: list[str]) -> None:
    with open_workspace(folder) as workspace:
        url = workspace.sdk.service_context._get_api_url()
    with pytest.raises(WorkspaceClosed, match=url):
        requests.get(url, timeout=5)
    assert no_network == []


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args: Any) -> None:
        pass


def test_loopback_is_none_of_our_business(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert "refuse" not in socket.socket.connect.__qualname__
    with HTTPServer(("127.0.0.1", 0), Hello) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        with open_workspace(folder):
            assert requests.get(f"http://127.0.0.1:{server.server_port}/", timeout=5).text == "hello"


def test_a_request_for_the_head_has_length_and_no_body(workspace: EmbeddedWorkspace) -> None:
    context = workspace.sdk.service_context
    answer = requests.post(
        f"{context._get_api_url()}/content/v2.0{context._get_workspace_scope()}/snapshots/getblob",
        json={"FileNames": ["../../etc/passwd"]},
        timeout=5,
    )
    url = answer.json()["fileNodes"][0]["blobUri"]
    assert requests.put(url, data=b"12345", timeout=5).status_code == 201
    head = requests.head(url, timeout=5)
    assert (head.status_code, head.headers["Content-Length"], head.content) == (200, "5", b"")
    assert requests.head(url.replace("?", "x?"), timeout=5).status_code == 404


def metric(**changes: Any) -> dict[str, Any]:
    point = {"metricId": "1", "createdUtc": "2024-01-01T00:00:00Z", "data": {"m": 1}}
    sent = {
        "name": "m",
        "columns": {"m": "int"},
        "value": [point],
        "properties": {"uxMetricType": "azureml.v1.scalar"},
    }
    return {**sent, **changes}


def point(**changes: Any) -> dict[str, Any]:
    return metric(
        value=[{"metricId": "1", "createdUtc": "2024-01-01T00:00:00Z", "data": {"m": 1}, **changes}]
    )


MALFORMED = {
    "not JSON": b"{",
    "empty": b"",
    "not UTF-8": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "a list": b"[]",
    "null": b"null",
    "long number": b'{"values": ' + b"9" * 10_000 + b"}",
    "values missing": {},
    "values a text": {"values": "x"},
    "a metric that is a number": {"values": [1]},
    "no name": {"values": [metric(name=None)]},
    "a name that is a number": {"values": [metric(name=1)]},
    "columns a list": {"values": [metric(columns=["m"])]},
    "a type that is a number": {"values": [metric(columns={"m": 1})]},
    "value an object": {"values": [metric(value={})]},
    "a point that is null": {"values": [metric(value=[None])]},
    "data missing": {"values": [point(data=None)]},
    "a cell that is a list": {"values": [point(data={"m": [1]})]},
    "a time that is none": {"values": [point(createdUtc="yesterday")]},
    "a time that is a number": {"values": [point(createdUtc=5)]},
    "an impossible date": {"values": [point(createdUtc="2024-02-30T00:00:00Z")]},
    "a fractional step": {"values": [point(step=0.5)]},
    "a step that is true": {"values": [point(step=True)]},
    "a step that is too long": {"values": [point(step=2**63)]},
    "an id that is a number": {"values": [point(metricId=5)]},
    "properties a text": {"values": [metric(properties="x")]},
    "properties that are no JSON": json.dumps(
        {"values": [metric(properties={"a": [float("nan")]})]}
    ).encode(),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_batch_is_refused_whole(send: Send, run: Any, body: Any) -> None:
    if isinstance(body, dict) and body.get("values") and isinstance(body["values"], list):
        body = {"values": [metric(name="good", columns={"m": "int"}), *body["values"]]}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = send("POST", "metric/v2.0", f"runs/{run.id}/batch", data=data)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "UserError"
    assert answer.json()["error"]["message"]
    assert answer.json()["statusCode"] == 400
    assert run.get_metrics() == {}


@pytest.mark.parametrize(
    "body",
    [
        {"status": "Sleeping"},
        {"status": 5},
        {"status": []},
        {"name": 5},
        {"inputDatasets": {}},
        {"tags": []},
        {"tags": {"a": {}}},
        {"properties": "x"},
        {"parentRunId": 5},
        {"runId": "other"},
        {"startTimeUtc": "soon"},
    ],
    ids=json.dumps,
)
def test_a_malformed_change_of_a_run_is_refused(send: Send, run: Any, body: Any) -> None:
    answer = send("PATCH", "history/v1.0", f"experiments/contract/runs/{run.id}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UserError")
    assert run.get_tags() == {}


@pytest.mark.parametrize(
    "body", [{}, {"name": 5}, {"name": "Microsoft.MachineLearning.Run.Start", "data": "x"}], ids=json.dumps
)
def test_a_malformed_event_is_refused(send: Send, run: Any, body: Any) -> None:
    answer = send("POST", "history/v1.0", f"experiments/contract/runs/{run.id}/events", json=body)
    assert answer.status_code == 400


def test_times_are_read_as_times(send: Send, run: Any) -> None:
    times = [
        ("2024-01-01T00:00:08.741Z", "first"),
        ("2024-01-01T00:00:08.741012Z", "second"),
        ("2024-01-01T01:00:08.7411+01:00", "third"),
        ("2023-12-31T23:00:09-01:00", "fourth"),
        ("2024-01-01T00:00:09.0000001", "fifth"),
    ]
    for created, text in reversed(times):
        sent = metric(columns={"m": "String"}, value=[{"createdUtc": created, "data": {"m": text}}])
        assert send("POST", "metric/v2.0", f"runs/{run.id}/batch", json={"values": [sent]}).status_code == 200
    assert run.get_metrics()["m"] == [text for _, text in times]


def test_what_one_batch_refuses_is_named(send: Send, run: Any) -> None:
    sent = {
        "values": [
            metric(),
            metric(name="bad", columns={"m": "colour"}),
            metric(name="good", columns={"m": "Int"}),
        ]
    }
    answer = send("POST", "metric/v2.0", f"runs/{run.id}/batch", json=sent)
    assert answer.status_code == 207
    assert [error["metric"]["name"] for error in answer.json()["errors"]] == ["bad"]
    assert (
        answer.json()["errors"][0]["errorResponse"]["error"]["message"]
        == "Column m has the unknown type colour."
    )


def test_what_a_refused_metric_has_besides_is_no_matter(send: Send, run: Any) -> None:
    bad = metric(columns={"m": "colour"}, more=float("nan"))
    answer = send("POST", "metric/v2.0", f"runs/{run.id}/batch", data=json.dumps({"values": [bad]}))
    assert answer.status_code == 207


def test_a_metric_of_a_run_that_is_not_there(send: Send, run: Any) -> None:
    answer = send("POST", "metric/v2.0", "runs/nobody/batch", json={"values": [metric()]})
    assert answer.status_code == 404


def test_a_bug_of_the_workspace_reaches_the_caller(
    workspace: EmbeddedWorkspace, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.workspace.rules import metrics

    def broken(*args: Any) -> Any:
        raise ConnectionError("a bug")

    monkeypatch.setattr(metrics, "all_of", broken)
    with pytest.raises(HandlerFailed, match="a bug"):
        run.get_metrics()
