"""Requests to the MLflow surface as no client sends them: malformed, over the limits, odd."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import mlflow
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.workspace import EmbeddedWorkspace, UnservedRequest

Send = Callable[..., requests.Response]
POSTS = [
    "experiments/create",
    "experiments/update",
    "experiments/delete",
    "experiments/restore",
    "experiments/search",
    "experiments/set-experiment-tag",
    "runs/create",
    "runs/update",
    "runs/delete",
    "runs/restore",
    "runs/log-metric",
    "runs/log-parameter",
    "runs/set-tag",
    "runs/delete-tag",
    "runs/log-batch",
    "runs/log-inputs",
    "runs/log-model",
    "runs/search",
    "logged-models/search",
]


@pytest.fixture
def ask(workspace: EmbeddedWorkspace) -> Send:
    """Sends a request to the MLflow surface; `body` is sent as it is if it is bytes."""
    base = workspace.tracking_uri.replace("azureml://", "https://").rstrip("?")
    session = requests.Session()

    def request(method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        prefix = "" if path.startswith("preview/") else "mlflow/"
        return session.request(method, f"{base}/api/2.0/{prefix}{path}", data=data, params=query, timeout=5)

    return request


@pytest.fixture
def run_id(ask: Send) -> str:
    return str(ask("POST", "runs/create", {}).json()["run"]["info"]["run_id"])


def refused(answer: requests.Response, status: int = 400, code: str = "INVALID_PARAMETER_VALUE") -> bool:
    body = answer.json()
    return (answer.status_code, body["error_code"], body["statusCode"]) == (status, code, status)


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'"text"', b"1e999"], ids=range(8)
)
def test_a_body_that_is_no_object_is_refused(ask: Send, path: str, body: bytes) -> None:
    assert refused(ask("POST", path, body))


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None) | st.sampled_from(["\ud800", "\x00"]), max_size=5)
    | st.sampled_from(["0", "RUNNING", "NaN", "1" * 400, "metrics.a > 1", "2", "ALL"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["key", "value", "timestamp", "step", "dataset", "name", "tags"]), inner
        )
    ),
    max_leaves=8,
)
FIELDS = [
    "run_id",
    "run_uuid",
    "experiment_id",
    "experiment_ids",
    "name",
    "tags",
    "params",
    "metrics",
    "key",
    "value",
    "timestamp",
    "step",
    "status",
    "end_time",
    "run_name",
    "start_time",
    "filter",
    "order_by",
    "max_results",
    "page_token",
    "view_type",
    "run_view_type",
    "datasets",
    "model_json",
]


def test_whatever_is_sent_is_answered_or_refused(ask: Send, run_id: str) -> None:
    real = st.sampled_from(["run_id", "run_id", "other"])

    @settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(POSTS), real, st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=6))
    def check(path: str, named: str, body: dict[str, Any]) -> None:
        answer = ask("POST", path, {**body, **({"run_id": run_id} if named == "run_id" else {})})
        assert answer.status_code in (200, 400, 404)
        answer.json()

    check()
    seen = ask("GET", "runs/get", run_id=run_id)
    assert seen.status_code == 200
    json.dumps(seen.json(), ensure_ascii=False).encode()


@given(
    query=st.dictionaries(
        st.sampled_from([*FIELDS, "metric_key", "experiment_name"]), st.text(max_size=6), max_size=4
    )
)
@settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_whatever_stands_in_a_query_is_answered_or_refused(
    ask: Send, run_id: str, query: dict[str, str]
) -> None:
    for path in ("runs/get", "experiments/get", "experiments/get-by-name", "metrics/get-history"):
        assert ask("GET", path, **{"run_id": run_id, **query}).status_code in (200, 400, 404)


def test_a_batch_over_the_limits_is_refused(ask: Send, run_id: str) -> None:
    def send(**counts: int) -> requests.Response:
        parts = {
            "metrics": lambda n: {"key": f"m{n % 40}", "value": n, "timestamp": 1, "step": n},
            "params": lambda n: {"key": f"p{n}", "value": "v"},
            "tags": lambda n: {"key": "t", "value": "v"},
        }
        body = {part: [parts[part](n) for n in range(count)] for part, count in counts.items()}
        return ask("POST", "runs/log-batch", {"run_id": run_id, **body})

    assert send(metrics=1000).status_code == 200
    assert refused(send(metrics=1001))
    assert send(params=100).status_code == 200
    assert refused(send(params=101))
    assert refused(send(tags=101))
    assert refused(send(metrics=950, params=51))


def test_a_batch_is_complete_at_once(ask: Send, run_id: str) -> None:
    body = {"run_id": run_id, "metrics": [{"key": "m", "value": 1, "timestamp": 1, "step": 0}]}
    assert ask("POST", "preview/mlflow/runs/log-batch-async", body).json() == {"batch_tracking_id": ""}
    status = ask("GET", "preview/mlflow/runs/get-run-data-status", run_id=run_id, batch_tracking_id="x")
    assert status.json() == {"is_complete": True}


def test_a_history_is_read_page_by_page(ask: Send, run_id: str) -> None:
    for value in range(10):
        sent = {"run_id": run_id, "key": "m", "value": value, "timestamp": 1 + value // 4, "step": 0}
        ask("POST", "runs/log-metric", sent)
    pages: list[list[float]] = []
    token = ""
    while not pages or token:
        page = ask(
            "GET", "metrics/get-history", run_id=run_id, metric_key="m", max_results=3, page_token=token
        ).json()
        pages.append([point["value"] for point in page["metrics"]])
        token = page.get("next_page_token", "")
    assert pages == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "logged-models"),
        ("GET", "logged-models/m-1"),
        ("PATCH", "logged-models/m-1"),
        ("DELETE", "logged-models/m-1"),
        ("PATCH", "logged-models/m-1/tags"),
        ("DELETE", "logged-models/m-1/tags/t"),
        ("POST", "logged-models/m-1/params"),
        ("GET", "logged-models/m-1/artifacts/directories"),
        ("POST", "runs/outputs"),
    ],
)
def test_endpoints_of_logged_models_are_not_known(ask: Send, method: str, path: str) -> None:
    answer = ask(method, path, {})
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.usefixtures("mlflow_client")
def test_traces_are_refused_and_nobody_waits_for_them(workspace: EmbeddedWorkspace) -> None:
    @mlflow.trace
    def traced() -> int:
        return 1

    with mlflow.start_run():
        assert traced() == 1
    waiting = threading.Thread(target=mlflow.flush_trace_async_logging, daemon=True)
    waiting.start()
    waiting.join(30)
    assert not waiting.is_alive()
    base = workspace.tracking_uri.replace("azureml://", "https://").rstrip("?")
    assert requests.get(f"{base}/version").status_code == 404
    for version in ("2.0", "3.0"):
        answer = requests.post(f"{base}/api/{version}/mlflow/traces", data=b"{}")
        assert refused(answer, 403, "PERMISSION_DENIED")
    assert workspace.unserved == []


def test_a_search_for_logged_models_finds_none(ask: Send) -> None:
    assert ask("POST", "logged-models/search", {"experiment_ids": ["0"]}).json() == {}


def test_models_of_mlflow_2_are_noted_in_a_tag(ask: Send, run_id: str) -> None:
    for path in ("first", "second"):
        sent = {"run_id": run_id, "model_json": json.dumps({"artifact_path": path})}
        assert ask("POST", "runs/log-model", sent).json() == {}
    tags = ask("GET", "runs/get", run_id=run_id).json()["run"]["data"]["tags"]
    (noted,) = (tag["value"] for tag in tags if tag["key"] == "mlflow.log-model.history")
    assert json.loads(noted) == [{"artifact_path": "first"}, {"artifact_path": "second"}]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1.5", "-0"])
def test_numbers_may_be_texts(ask: Send, run_id: str, value: str) -> None:
    sent = {
        "run_id": run_id,
        "key": "m",
        "value": value,
        "timestamp": "1700000000000",
        "step": "9223372036854775807",
    }
    assert ask("POST", "runs/log-metric", sent).json() == {}
    (point,) = ask("GET", "metrics/get-history", run_uuid=run_id, metric_key="m").json()["metrics"]
    assert (point["timestamp"], point["step"]) == (1_700_000_000_000, 2**63 - 1)
    assert float(point["value"]) == float(value) or value == "NaN" == point["value"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": None},
        {"value": True},
        {"value": "1e999999x"},
        {"value": 10**400},
        {"timestamp": -1},
        {"timestamp": 2**63},
        {"timestamp": 253_402_300_800_000},
        {"step": 0.5},
        {"step": 2**63},
        {"key": ""},
        {"key": None},
        {"key": "x" * 256},
    ],
    ids=ascii,
)
def test_a_value_that_cannot_be_is_refused(ask: Send, run_id: str, wrong: dict[str, Any]) -> None:
    right = {"run_id": run_id, "key": "m", "value": 1, "timestamp": 1, "step": 0}
    assert refused(ask("POST", "runs/log-metric", {**right, **wrong}))
    assert "metrics" not in json.dumps(ask("GET", "runs/get", run_id=run_id).json()["run"]["data"]["metrics"])
    assert ask("GET", "metrics/get-history", run_id=run_id, metric_key="m").json() == {"metrics": []}


def test_texts_that_no_message_can_hold_are_shown_without_what_is_wrong(ask: Send, run_id: str) -> None:
    odd = "a\ud800b\x00"
    sent = {
        "metrics": [{"key": odd, "value": 1, "timestamp": 1}],
        "params": [{"key": odd, "value": odd}],
        "tags": [{"key": odd, "value": odd}],
    }
    assert ask("POST", "runs/log-batch", {"run_id": run_id, **sent}).json() == {}
    data = ask("GET", "runs/get", run_id=run_id).json()["run"]["data"]
    shown = "a\ufffdb\x00"
    assert data["metrics"][0]["key"] == shown
    assert data["params"] == [{"key": shown, "value": shown}]
    assert {"key": shown, "value": shown} in data["tags"]


@pytest.mark.parametrize("token", ["x", "-1", "1.5", "{}", "9" * 30])
def test_a_token_that_was_never_given_is_refused(ask: Send, run_id: str, token: str) -> None:
    assert refused(ask("POST", "runs/search", {"experiment_ids": ["0"], "page_token": token}))
    assert refused(ask("GET", "metrics/get-history", run_id=run_id, metric_key="m", page_token=token))


@pytest.mark.parametrize("size", [-1, 50_001, "x", 0.5])
def test_a_page_that_is_too_large_or_none_is_refused(ask: Send, size: Any) -> None:
    assert refused(ask("POST", "runs/search", {"experiment_ids": ["0"], "max_results": size}))
    assert refused(ask("POST", "experiments/search", {"max_results": size}))


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "registered-models/create"), ("POST", "scorers/register"), ("GET", "artifacts/list")],
)
def test_what_is_not_served_says_so(workspace: EmbeddedWorkspace, ask: Send, method: str, path: str) -> None:
    with pytest.raises(UnservedRequest):
        ask(method, path, {})
    workspace.unserved.clear()


def test_names_of_the_same_letters_only_are_the_same_experiment(ask: Send) -> None:
    ids = {
        ask("POST", "experiments/create", {"name": name}).json()["experiment_id"]
        for name in ("a", "A", "a ", "\x00", "é", "e\u0301")
    }
    assert len(ids) == 6
    assert refused(ask("POST", "experiments/create", {"name": "x" * 257}))
    assert refused(ask("POST", "experiments/create", {"name": "\ud800"}))
    assert refused(ask("POST", "experiments/create", {"name": "a"}), 400, "RESOURCE_ALREADY_EXISTS")
