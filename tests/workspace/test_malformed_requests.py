"""Whatever is sent to a route, the answer is the service's: never a failure of our own, and never one to be repeated.

The routes are those that there are, so a new one is covered by itself. By default each route gets a tenth of what is
malformed, and the next route another tenth; all of it with `HARNESS_TESTS=long` (see `lengths`).
"""

from __future__ import annotations

import ast
import inspect
import io
import itertools
import json
import re
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from lengths import share, size

from harness.workspace import EmbeddedWorkspace, UnservedRequest
from harness.workspace.routes import routes_of
from harness.workspace.rules.identity import Identity
from harness.workspace.wire.calls import Route

SECONDS = 5.0
REPEATED = (408, 429)
pytestmark = pytest.mark.once
IDENTITY = Identity(uuid.UUID(int=1))

UNKNOWN_TO_AZURE = ("/logged-models", "/runs/outputs")
"""Parts of MLflow that the real service refuses without a word."""

BODIES = {
    "nothing": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"values": []}'.encode("utf-16"),
    "with a byte order mark": b"\xef\xbb\xbf{}",
    "half a surrogate pair as UTF-8": b'{"a": "\xed\xa0\x80"}',
    "zeros": bytes(1000),
    "deep": b"[" * 100_000,
    "deep and closed": b'{"a":' * 900 + b"1" + b"}" * 900,
    "a long number": b'{"top": ' + b"9" * 10_000 + b"}",
    "a list": b"[1]",
    "a text": b'"x"',
    "a number": b"5",
    "true": b"true",
    "null": b"null",
    "an empty object": b"{}",
    "huge": b'{"values": "' + b"x" * 4_000_000 + b'"}',
    "many": json.dumps({"values": [None] * 500_000}).encode(),
    "twice the same key": b'{"name": "a", "name": 5}',
}
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\ud800",
    "\x00",
    "x" * 100_000,
    [],
    [None],
    [[]],
    ["\ud800"],
    {},
    {"": None},
    {"\ud800": "\ud800"},
    {"a": {"b": [float("nan")]}},
]
PARTS = [
    "",
    "%00",
    "%FF",
    "%ED%A0%80",
    "%2F",
    "..",
    "%2e%2e",
    "x" * 70_000,
    "%",
    "%zz",
    "a%0Ab",
    "\N{SNOWMAN}",
]
QUERIES = [
    *(
        f"{key}={value}"
        for key in ("top", "$top", "max_results")
        for value in ("-1", "0", "abc", "", "9" * 400, "1.5")
    ),
    *(
        f"{key}={value}"
        for key in ("continuationToken", "page_token")
        for value in ("x", "", "%FF", "MQ==", "1:1")
    ),
    *(
        f"{key}={value}"
        for key in ("$orderby", "orderby", "$filter", "filter")
        for value in ("x", "((((", "%00", "'")
    ),
    *(
        f"{key}={value}"
        for key in ("path", "prefix")
        for value in ("", "%00", "..%2F..%2Fx", "%FF", "x" * 70_000)
    ),
    "a=1&a=2",
    "&&==&",
    "%",
    "comp=block",
    "comp=blocklist&blockid=%FF",
    "comp=appendblock",
    "comp=nothing",
]
HEADERS = [
    *(
        {"x-ms-range": value}
        for value in ("bytes=", "bytes=5-1", "bytes=-", "bytes=a-b", "x", f"bytes=0-{'9' * 40}")
    ),
    {"Range": "bytes=-1-1"},
    {"Content-Type": "\xff"},
    {"Content-Length": "abc"},
    {"Content-MD5": "x"},
    {"x-ms-blob-content-md5": "\xff"},
    {"x-ms-blob-type": "PageBlob"},
    {"x-ms-blob-type": "AppendBlob"},
    {"If-Match": "x"},
    {"If-None-Match": "*"},
    {"Accept-Encoding": "x"},
    {"Content-Encoding": "gzip"},
]


def path_end(path: str) -> str:
    """The path without the part that is the same for all routes."""
    return path.replace(IDENTITY.scope, "")


def named_routes() -> dict[str, Route]:
    """The routes by name; what two hosts have in common once, on the first of them."""
    found: dict[str, Route] = {}
    for _, route in routes_of(IDENTITY):
        found.setdefault(f"{route.method} {path_end(route.path)}", route)
    return found


@pytest.fixture(params=named_routes().items(), ids=lambda item: item[0])
def route(request: pytest.FixtureRequest) -> Route:
    (_, route) = request.param
    assert isinstance(route, Route)
    return route


class Sender:
    """Sends requests to the routes of a workspace that has a run, and notes each answer that no service gives."""

    def __init__(self, workspace: EmbeddedWorkspace, run: Any, experiment: Any) -> None:
        self.wrong: list[str] = []
        self.answered = 0
        self._workspace = workspace
        context = workspace.sdk.service_context
        key = uuid.UUID(workspace.sdk.service_context.workspace_id)
        self._identity = Identity(key)
        assert context._get_workspace_scope() == self._identity.scope
        self._parts = {
            "run": run.id,
            "experiment": experiment.name,
            "experiment_id": experiment.id,
            "origin": "ExperimentRun",
            "container": f"dcid.{run.id}",
            "snapshot": str(uuid.uuid4()),
        }

    def host_of(self, route: Route) -> str:
        """The host that serves a route with this path."""
        end = path_end(route.path)
        return next(
            host
            for host, each in routes_of(self._identity)
            if each.method == route.method and each.path.replace(self._identity.scope, "") == end
        )

    def url(self, route: Route, **parts: str) -> str:
        """Where the route is, with the run's own names in its path unless others are given."""
        filled = {**self._parts, **parts}
        path = re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda part: filled.get(part[1], "x"), route.path)
        return f"https://{self.host_of(route)}{path.replace(IDENTITY.scope, self._identity.scope)}"

    def send(self, method: str, url: str, what: str, **kwargs: Any) -> None:
        """Sends one request."""
        start = time.monotonic()
        try:
            answer = requests.request(method, url, timeout=SECONDS, **kwargs)
        except UnservedRequest:
            self._workspace.unserved.clear()
            return
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            self.wrong.append(f"{what}: {type(error).__name__}: {str(error)[-300:]}")
            return
        self.answered += 1
        took = time.monotonic() - start
        if took > SECONDS:
            self.wrong.append(f"{what}: took {took:.1f} s")
        if answer.status_code >= 500 or answer.status_code in REPEATED or answer.status_code < 200:
            self.wrong.append(f"{what}: status {answer.status_code}")
        elif answer.status_code >= 400 and not is_envelope(answer, url):
            self.wrong.append(f"{what}: status {answer.status_code} with {answer.content[:100]!r}")


def is_envelope(answer: requests.Response, url: str) -> bool:
    """Whether a refusal is as one of the services writes it: run history, MLflow or the blob service."""
    if answer.headers.get("x-ms-error-code"):
        return True
    if answer.status_code == 404 and not answer.content and any(part in url for part in UNKNOWN_TO_AZURE):
        return True
    try:
        body = answer.json()
    except ValueError:
        return False
    if "error_code" in body:
        return bool(body.get("message")) or bool(body["Error"]["Message"])
    return (
        bool(body["error"]["code"])
        and bool(body["error"]["message"])
        and body["statusCode"] == answer.status_code
    )


@pytest.fixture
def turn(route: Route) -> int:
    """The place of the route among all, by which it gets its share."""
    return list(named_routes().values()).index(route)


@pytest.fixture
def sender(workspace: EmbeddedWorkspace, run: Any, experiment: Any) -> Iterator[Sender]:
    sender = Sender(workspace, run, experiment)
    yield sender
    assert sender.wrong == []


def keys_read_in(module: Any) -> list[str]:
    """The names that a module may look up in a body: its short literals."""
    found = {
        node.value
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"\w{2,30}", node.value)
    }
    return sorted(found)


def test_odd_bodies(sender: Sender, route: Route, turn: int) -> None:
    for what, body in share(list(BODIES.items()), turn):
        sender.send(route.method, sender.url(route), what, data=body)
    # Values of all types under every name that the handler knows.
    keys = keys_read_in(sys.modules[route.handler.__module__])
    url = sender.url(route)
    for place, odd in share(list(enumerate(ODD)), turn):
        turned = [*ODD[place:], *ODD[:place]]
        for what, body in {
            f"all {ascii(odd)[:40]}": dict.fromkeys(keys, odd),
            f"turn {place}": dict(zip(keys, turned * len(keys), strict=False)),
        }.items():
            sender.send(route.method, url, what, data=json.dumps(body))


def record(monkeypatch: pytest.MonkeyPatch) -> list[requests.PreparedRequest]:
    """What is sent from now on."""
    sent: list[requests.PreparedRequest] = []
    send = requests.adapters.HTTPAdapter.send

    def see(self: Any, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        sent.append(request)
        return send(self, request, *args, **kwargs)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", see)
    return sent


def use_both_clients(sdk: Any, experiment: Any) -> None:
    """Sends a request of nearly each kind that has a body."""
    from azureml.core import Run
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param, RunTag

    run = experiment.start_logging(snapshot_directory=None, display_name="d")
    run.log("m", 1.5, step=1)
    run.log_row("r", a=1, b="x")
    run.flush()
    run.get_metrics()
    run.set_tags({"a": "1", "b": "2"})
    run.remove_tags(["b"])
    run.add_properties({"p": "1"})
    run.description = "long"
    run.upload_file("f.txt", io.BytesIO(b"1"))
    run.create_children(count=2)
    list(run.get_children(tags={"a": "1"}))
    list(Run.list(experiment, status="Running", tags="a"))
    experiment.tag("a", "b")
    run.fail("why", "code")
    experiment.start_logging(snapshot_directory=None).cancel()
    client = MlflowClient(sdk.get_mlflow_tracking_uri())
    made = client.create_run(experiment.id, tags={"a": "1"}, run_name="n").info.run_id
    client.log_batch(made, [Metric("m", 1.0, 1, 1)], [Param("p", "1")], [RunTag("t", "1")])
    client.log_metric(made, "m", 1.0)
    client.log_param(made, "q", "1")
    client.set_tag(made, "t", "2")
    client.delete_tag(made, "t")
    client.search_runs([experiment.id], "metrics.m > 0", order_by=["attributes.start_time"])
    client.search_experiments(filter_string="name = 'x'")
    client.update_run(made, name="o")
    client.set_terminated(made)
    client.delete_run(made)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value within a value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*path, key))


def changed(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """A copy with something else in one place."""
    if not path:
        return odd
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], odd)
    return copy


def json_of(request: requests.PreparedRequest) -> Any:
    try:
        return json.loads(request.body or "null")
    except (TypeError, ValueError):
        return None


def test_every_place_of_what_the_clients_send(
    sender: Sender, sdk: Any, experiment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as recording:
        sent = record(recording)
        use_both_clients(sdk, experiment)
    bodies = {}
    for request in sent:
        if (body := json_of(request)) is not None:
            shape = sorted(map(repr, places(body)))
            bodies[f"{request.method} {request.url} {shape}"] = (request, body)
    assert len(bodies) > 25
    turns = itertools.count()
    for request, body in bodies.values():
        for path in places(body):
            for odd in share(ODD, next(turns)):
                what = f"{request.method} {path_end(str(request.path_url))[-60:]} {path} {ascii(odd)[:30]}"
                data = json.dumps(changed(body, path, odd))
                sender.send(str(request.method), str(request.url), what, data=data)
    assert sender.answered > size(300, 3000)


def test_odd_parts_of_a_path_queries_and_headers(sender: Sender, route: Route, turn: int) -> None:
    for name in re.findall(r"<(?:[^<>]*:)?(\w+)>", route.path):
        for part in share(PARTS, turn):
            sender.send(route.method, sender.url(route, **{name: part}), f"{name} {part[:20]!r}", data=b"{}")
    for query in share(QUERIES, turn):
        sender.send(route.method, f"{sender.url(route)}?{query}", query[:40], data=b"{}")
    for headers in share(HEADERS, turn):
        sender.send(route.method, sender.url(route), str(headers)[:60], data=b"{}", headers=headers)
