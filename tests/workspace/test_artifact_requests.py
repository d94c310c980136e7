"""Requests for artifacts as no client, or not every client, sends them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from harness.workspace import EmbeddedWorkspace

Send = Callable[..., requests.Response]

SDK = "artifacts/batch/metadata/ExperimentRun/dcid.x"


@pytest.fixture
def in_run(send: Send, run: Any) -> Send:
    """Sends a request in the layout of the plugin, by the name of the experiment or (`by_id`) by its id."""

    def in_run(method: str, rest: str, by_id: bool = False, **kwargs: Any) -> requests.Response:
        by = f"experimentids/{run.experiment.id}" if by_id else f"experiments/{run.experiment.name}"
        return send(method, "history/v1.0", f"{by}/runs/{run.id}/artifacts{rest}", **kwargs)

    return in_run


MALFORMED = [
    b"",
    b"[]",
    b"{}",
    b'{"paths": {}}',
    b'{"paths": ["a"]}',
    b'{"paths": [{}]}',
    b'{"paths": [{"path": 1}]}',
    b'{"paths": [{"path": "a", "tags": []}]}',
    b'{"paths": [{"path": "a", "tags": {"a": 1}}]}',
    b'{"paths": [{"path": "a"}, 1]}',
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_batch_of_artifacts_is_refused_whole(send: Send, in_run: Send, body: bytes) -> None:
    for answer in (
        send("POST", "artifact/v2.0", SDK, data=body),
        in_run("POST", "/batch/metadata", data=body),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UserError")
    entered = in_run("POST", "/batch/metadata", json={"paths": [{"path": "a"}]}).json()
    assert list(entered["artifacts"]) == ["a"]


@pytest.mark.parametrize("path", ["\ud800", "a\udcff", "\x00", "x" * 5001, "..", ""])
def test_a_path_that_is_refused_is_named(send: Send, path: str) -> None:
    body = json.dumps({"paths": [{"path": path}, {"path": "good", "tags": {"\ud800": "\x00"}}]})
    answer = send("POST", "artifact/v2.0", SDK, data=body)
    assert answer.status_code == 200
    assert list(answer.json()["errors"]) == [path]
    assert answer.json()["errors"][path]["error"]["code"] == "UserError"
    assert list(answer.json()["artifacts"]) == list(answer.json()["artifactContentInformation"]) == ["good"]
    assert answer.json()["artifacts"]["good"]["tags"] == {"\ud800": "\x00"}


def test_a_name_twice_in_one_batch(send: Send) -> None:
    answer = send("POST", "artifact/v2.0", SDK, json={"paths": [{"path": "a"}, {"path": "a"}]}).json()
    assert "already exists" in answer["errors"]["a"]["error"]["message"]
    assert "a" in answer["artifacts"]


@pytest.mark.parametrize(
    "token", ["x", "\u00e9", "W10=", "WzFd", "bnVsbA==", "WyJcdWQ4MDAiXQ==", "e30=", "A" * 1001]
)
def test_a_token_of_no_page_is_refused(send: Send, in_run: Send, token: str) -> None:
    query = f"?continuationToken={quote(token)}"
    answers = [
        send("GET", "artifact/v2.0", f"artifacts/ExperimentRun/dcid.x{query}"),
        send("GET", "artifact/v2.0", f"artifacts/prefix/contentinfo/ExperimentRun/dcid.x/a{query}"),
        in_run("GET", query),
        in_run("GET", f"/prefix/contentinfo{query}"),
    ]
    assert [answer.status_code for answer in answers] == [400] * 4


@pytest.mark.parametrize(
    "path", ["", "a", "/", "//", "%FF", "%00", "..%2F..%2Fa", "a%2Fb", "%ED%A0%80", "x" * 6000]
)
def test_what_is_not_there_is_not_found(send: Send, in_run: Send, path: str) -> None:
    assert (
        send("GET", "artifact/v2.0", f"artifacts/contentinfo/ExperimentRun/dcid.x/{path}").status_code == 404
    )
    assert in_run("GET", f"/contentinfo?path={path}").status_code == 404
    below = send("GET", "artifact/v2.0", f"artifacts/prefix/contentinfo/ExperimentRun/dcid.x/{path}")
    assert (below.status_code, below.json()["value"]) == (200, [])


def test_a_run_and_its_experiment_belong_together(send: Send, in_run: Send, run: Any) -> None:
    assert in_run("GET", "").status_code == in_run("GET", "", by_id=True).status_code == 200
    # What the plugin takes for a name may be an id.
    by = f"experiments/{run.experiment.id}/runs/{run.id}"
    assert send("GET", "history/v1.0", f"{by}/artifacts").status_code == 200
    for wrong in (
        f"experiments/other/runs/{run.id}",
        f"experimentids/other/runs/{run.id}",
        f"experiments/{run.experiment.name}/runs/other",
    ):
        assert send("GET", "history/v1.0", f"{wrong}/artifacts").status_code == 404
        body = {"paths": [{"path": "a"}]}
        assert send("POST", "history/v1.0", f"{wrong}/artifacts/batch/metadata", json=body).status_code == 404


@pytest.mark.parametrize("by_id", [False, True])
def test_pages_are_followed_by_their_links(in_run: Send, run: Any, by_id: bool) -> None:
    names = [f"\u00fc/{number:03} &?#%" for number in range(101)]
    for start in range(0, 101, 50):
        body = {"paths": [{"path": name} for name in names[start : start + 50]]}
        contents = in_run("POST", "/batch/metadata", by_id, json=body).json()["artifactContentInformation"]
        for name in names[start : start + 50]:
            assert (
                requests.put(contents[name]["contentUri"], data=name.encode(), timeout=5).status_code == 201
            )
    for rest in ("", f"/prefix/contentinfo?path={quote(names[0][0])}"):
        page = in_run("GET", rest, by_id).json()
        assert [one["path"] for one in page["value"]] == names[:100]
        last = requests.get(page["nextLink"], timeout=5).json()
        assert [one["path"] for one in last["value"]] == names[100:]
        assert (last["nextLink"], last["continuationToken"]) == (None, None)


def test_what_is_added_between_pages_is_neither_repeated_nor_skipped(
    in_run: Send, run: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    list(run.upload_files([f"b/{number:03}" for number in range(101)], [str(tmp_path / "file")] * 101))
    page = in_run("GET", "").json()
    list(run.upload_files(["a", "c"], [str(tmp_path / "file")] * 2))
    last = requests.get(page["nextLink"], timeout=5).json()
    assert [one["path"] for one in last["value"]] == ["b/100", "c"]


def test_an_artifact_without_content_is_not_listed(
    workspace: EmbeddedWorkspace, in_run: Send, run: Any
) -> None:
    entered = in_run("POST", "/batch/metadata", json={"paths": [{"path": "a"}]}).json()
    assert run.get_file_names() == []
    assert in_run("GET", "/contentinfo?path=a").status_code == 404
    uri = entered["artifactContentInformation"]["a"]["contentUri"]
    requests.put(uri, data=b"late", timeout=5)
    assert run.get_file_names() == ["a"]
    assert (
        requests.get(in_run("GET", "/contentinfo?path=a").json()["contentUri"], timeout=5).content == b"late"
    )
