"""Requests about snapshots that the client would not send."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import requests

Send = Callable[..., requests.Response]
FILE = {"type": "File", "children": {}}


def tree(**children: Any) -> dict[str, Any]:
    return {"type": "Directory", "children": children}


def blob(send: Send, content: bytes) -> str:
    answer = send("POST", "content/v2.0", "snapshots/getblob", json={"FileNames": ["x"]})
    url = str(answer.json()["fileNodes"][0]["blobUri"])
    assert requests.put(url, data=content, timeout=5).status_code == 201
    return url


def create(send: Send, name: str, body: Any) -> requests.Response:
    return send("POST", "content/v2.0", f"snapshots/{name}", json=body)


def names_in_zip(send: Send, name: str) -> list[str]:
    answer = send("POST", "content/v2.0", f"snapshots/{name}/zip")
    content = requests.get(answer.json()["zipSasUri"], timeout=5).content
    return sorted(zipfile.ZipFile(io.BytesIO(content)).namelist())


def test_a_snapshot_is_never_replaced(send: Send) -> None:
    assert create(send, "one", {"DirTreeNode": tree()}).status_code == 200
    answer = create(send, "one", {"DirTreeNode": tree(a=FILE)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "UserError")
    assert names_in_zip(send, "one") == []


def nodes(*paths: str, uri: str) -> dict[str, Any]:
    return {"FileNodes": [{"FullName": path, "BlobUri": uri, "FileSize": 1} for path in paths]}


def test_names_in_an_archive_stay_inside(send: Send) -> None:
    uri = blob(send, b"1")
    paths = ["../up", "/abs", "a/../../b", "\ud800"]
    body = {"DirTreeNode": tree(**dict.fromkeys(paths, FILE)), "FileRevisionList": nodes(*paths, uri=uri)}
    assert create(send, "one", body).status_code == 200
    assert names_in_zip(send, "one") == ["?", "a/b", "abs", "up"]


BROKEN = {
    "not sent": {},
    "of no form": {"FileRevisionList": [1]},
    "nodes of no form": {
        "FileRevisionList": {"FileNodes": [1, {}, {"FullName": 1}, {"FullName": "a", "BlobUri": 2}]}
    },
    "not uploaded": {"FileRevisionList": nodes("a", uri="https://host/snapshots/never")},
    "elsewhere": {"FileRevisionList": nodes("a", uri="https://host/artifacts/other")},
    "no URL": {"FileRevisionList": nodes("a", uri="https://[")},
    "\u00fc": {"FileRevisionList": nodes("a", uri="https://host/snapshots/%FF\u00fc")},
    "its own parent": {"ParentSnapshotId": "one"},
    "a parent that is not there": {"ParentSnapshotId": "nobody"},
    "a parent of no form": {"ParentSnapshotId": ["\ud800"]},
    "a parent of half a pair": {"ParentSnapshotId": "\ud800"},
}


@pytest.mark.parametrize("rest", BROKEN.values(), ids=BROKEN)
def test_a_snapshot_without_its_files(send: Send, rest: dict[str, Any]) -> None:
    assert create(send, "one", {"DirTreeNode": tree(a=FILE), **rest}).status_code == 200
    answer = send("POST", "content/v2.0", "snapshots/one/zip")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "UserError")


def deep(levels: int) -> Any:
    node: Any = {}
    for _ in range(levels):
        node = {"children": {"a": node}}
    return node


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"DirTreeNode": []}',
        b'{"DirTreeNode": NaN}',
        json.dumps({"DirTreeNode": deep(300)}).encode(),
    ],
    ids=range(6),
)
def test_a_malformed_snapshot_is_refused(send: Send, body: bytes) -> None:
    assert send("POST", "content/v2.0", "snapshots/one", data=body).status_code == 400
    assert send("POST", "content/v2.0", "snapshots/one/zip").status_code == 404


@pytest.mark.parametrize("body", [b"", b"{}", b'{"FileNames": "x"}', b'{"FileNames": [1]}'], ids=range(4))
def test_malformed_names_of_files_are_refused(send: Send, body: bytes) -> None:
    assert send("POST", "content/v2.0", "snapshots/getblob", data=body).status_code == 400


@pytest.mark.parametrize("node", [None, 1, [], {"children": [1]}, {"children": {"a": 1}}], ids=range(5))
def test_a_tree_of_no_form_has_no_files(send: Send, node: Any) -> None:
    assert create(send, "one", {"DirTreeNode": tree(x=node)}).status_code == 200
    assert names_in_zip(send, "one") == []
