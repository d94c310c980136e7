"""Append blobs as the documentation of blob storage has them. What SDK v1 does with them is in the contract tests."""

from __future__ import annotations

import base64
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from harness.workspace import EmbeddedWorkspace, HandlerFailed, open_workspace
from harness.workspace.rules import append_blobs
from harness.workspace.rules.storage import Store


@pytest.fixture
def url(run: Any) -> str:
    """The URL of a blob that does not exist."""
    run.upload_file("logs/x", io.BytesIO(b"x"))
    name, _, query = run.get_details()["logFiles"]["logs/x"].partition("?")
    return f"{name}-other?{query}"


def put(url: str, content: bytes, **headers: str) -> requests.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.put(url, data=content, headers=names, timeout=5)


def create(url: str, content: bytes = b"", **headers: str) -> requests.Response:
    return put(url, content, x_ms_blob_type="AppendBlob", **headers)


def append(url: str, content: bytes, **headers: str) -> requests.Response:
    return put(f"{url}&comp=appendblock", content, **headers)


def read(url: str) -> bytes:
    return requests.get(url, timeout=5).content


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers["x-ms-error-code"]


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def test_blocks_are_added_at_the_end(url: str) -> None:
    made = create(url, x_ms_blob_content_type="text/x", x_ms_meta_colour="blue")
    assert (made.status_code, made.content, read(url)) == (201, b"", b"")
    tags = {made.headers["ETag"]}
    for number, (content, start) in enumerate(((b"123", 0), (b"4", 3), (b"56", 4)), 1):
        answer = append(url, content, Content_MD5=md5(content))
        assert (answer.status_code, answer.content) == (201, b"")
        assert answer.headers["x-ms-blob-append-offset"] == str(start)
        assert answer.headers["x-ms-blob-committed-block-count"] == str(number)
        assert answer.headers["Content-MD5"] == md5(content)
        tags.add(answer.headers["ETag"])
    assert len(tags) == 4
    for asked in (requests.head, requests.get):
        headers = asked(url, timeout=5).headers
        assert (headers["x-ms-blob-type"], headers["x-ms-blob-committed-block-count"]) == ("AppendBlob", "3")
        assert (headers["Content-Length"], headers["ETag"] in tags) == ("6", True)
        assert (headers["Content-Type"], headers["x-ms-meta-colour"]) == ("text/x", "blue")
        assert "Content-MD5" not in headers
    assert read(url) == b"123456"
    ranged = requests.get(url, headers={"Range": "bytes=2-4"}, timeout=5)
    assert (ranged.content, ranged.headers["Content-Range"]) == (b"345", "bytes 2-4/6")
    create(url)
    assert read(url) == b""


def test_an_append_blob_is_created_empty(url: str) -> None:
    assert code(create(url, b"1")) == (400, "InvalidHeaderValue")
    assert requests.head(url, timeout=5).status_code == 404


def test_conditions_on_an_append_blob(url: str) -> None:
    assert code(append(url, b"1")) == (404, "BlobNotFound")
    assert create(url, If_None_Match="*").status_code == 201
    assert code(create(url, If_None_Match="*")) == (409, "BlobAlreadyExists")
    tag = append(url, b"1").headers["ETag"]
    assert append(url, b"2", If_Match=tag).status_code == 201
    assert code(append(url, b"3", If_Match=tag)) == (412, "ConditionNotMet")
    assert code(append(url, b"3", Content_MD5=md5(b"4"))) == (400, "Md5Mismatch")
    assert read(url) == b"12"


def test_a_block_begins_where_it_is_said_to(url: str) -> None:
    create(url)
    assert append(url, b"123", x_ms_blob_condition_appendpos="0").status_code == 201
    assert append(url, b"45", x_ms_blob_condition_appendpos="3", x_ms_blob_condition_maxsize="5").ok
    for position in ("3", "4", "6", "9" * 19):
        refused = append(url, b"6", x_ms_blob_condition_appendpos=position)
        assert code(refused) == (412, "AppendPositionConditionNotMet")
    refused = append(url, b"6", x_ms_blob_condition_maxsize="5")
    assert code(refused) == (412, "MaxBlobSizeConditionNotMet")
    for text in ("x", "", "-1", "1.0", "9" * 400, "\u00b2"):
        for header in ("x_ms_blob_condition_appendpos", "x_ms_blob_condition_maxsize"):
            assert code(append(url, b"6", **{header: text})) == (400, "InvalidHeaderValue")
    assert read(url) == b"12345"


def test_a_blob_keeps_its_type(url: str) -> None:
    block = f"{url}&comp=block&blockid=YQ%3D%3D"
    put(url, b"whole", x_ms_blob_type="BlockBlob")
    assert code(append(url, b"1")) == code(create(url)) == (409, "InvalidBlobType")
    assert read(url) == b"whole"
    other = url.replace("-other", "-another")
    create(other)
    append(other, b"1")
    assert code(put(other, b"2", x_ms_blob_type="BlockBlob")) == (409, "InvalidBlobType")
    assert code(put(block.replace("-other", "-another"), b"2")) == (409, "InvalidBlobType")
    assert code(put(f"{other}&comp=blocklist", b"<BlockList/>")) == (409, "InvalidBlobType")
    assert read(other) == b"1"


def test_a_block_has_a_byte_and_at_most_4_mib_or_100(url: str) -> None:
    create(url)
    most = bytes(4 * 2**20)
    assert code(append(url, b"")) == (400, "InvalidHeaderValue")
    assert append(url, most, x_ms_version="2021-08-06").status_code == 201
    refused = append(url, most + b"1", x_ms_version="2022-11-01")
    assert code(refused) == (413, "RequestBodyTooLarge")
    assert append(url, most + b"1", x_ms_version="2022-11-02").status_code == 201
    assert read(url) == most + most + b"1"


def test_an_append_blob_has_at_most_so_many_blocks(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert append_blobs.MOST_BLOCKS == 50_000
    monkeypatch.setattr(append_blobs, "MOST_BLOCKS", 2)
    create(url)
    assert [append(url, b"1").status_code for _ in range(2)] == [201, 201]
    assert code(append(url, b"2")) == (409, "BlockCountExceedsLimit")
    assert read(url) == b"11"


def test_blocks_of_many_threads_are_all_there(workspace: EmbeddedWorkspace, url: str) -> None:
    create(url)
    digits = [str(number % 10).encode() * 100 for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda content: append(url, content), digits))
    starts = {int(answer.headers["x-ms-blob-append-offset"]) for answer in answers}
    assert starts == set(range(0, 6000, 100))
    content = read(url)
    for digit, answer in zip(digits, answers, strict=True):
        start = int(answer.headers["x-ms-blob-append-offset"])
        assert content[start : start + 100] == digit


def test_what_was_written_of_a_block_that_failed_is_no_part_of_the_blob(
    folder: Any, workspace: EmbeddedWorkspace, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(url)
    append(url, b"123")
    write = Store.write_blob

    def die(self: Store, file: str, start: int, content: bytes) -> None:
        write(self, file, start, content)
        raise OSError("the disk is full")

    with monkeypatch.context() as broken, pytest.raises(HandlerFailed, match="the disk is full"):
        broken.setattr(Store, "write_blob", die)
        append(url, b"lost and long")
    assert read(url) == b"123"
    assert b"123lost and long" in {file.read_bytes() for file in (folder / "blobs").iterdir()}
    append(url, b"4")
    assert read(url) == b"1234"
    assert b"1234" in {file.read_bytes() for file in (folder / "blobs").iterdir()}


def test_an_append_blob_grows_on_when_the_folder_is_open_again(folder: Any) -> None:
    from azureml.core import Experiment

    with open_workspace(folder) as workspace:
        run = Experiment(workspace.sdk, "x").start_logging(snapshot_directory=None)
        run.upload_file("logs/x", io.BytesIO(b"x"))
        url = run.get_details()["logFiles"]["logs/x"].replace("?", "-other?")
        create(url)
        append(url, b"123")
    with open_workspace(folder):
        answer = append(url, b"4")
        assert answer.headers["x-ms-blob-committed-block-count"] == "2"
        assert read(url) == b"1234"
