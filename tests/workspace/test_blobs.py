"""Blob storage as its REST documentation has it, by requests that the clients send and by some that they do not."""

from __future__ import annotations

import base64
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
import requests

from harness.workspace import EmbeddedWorkspace, UnservedRequest

BLOB = {"x-ms-blob-type": "BlockBlob"}


@pytest.fixture
def url(run: Any) -> str:
    """The URL of a blob that does not exist, on the host that SDK v1 uses."""
    run.upload_file("logs/x", io.BytesIO(b"x"))
    there = run.get_details()["logFiles"]["logs/x"]
    name, _, query = there.partition("?")
    return f"{name}-other?{query}"


@pytest.fixture
def cloud_url(workspace: EmbeddedWorkspace, run: Any, url: str) -> str:
    """The same blob on the host that the plugin uses."""
    sdk = workspace.sdk
    scope = (
        f"/subscriptions/{sdk.subscription_id}/resourceGroups/{sdk.resource_group}"
        f"/providers/Microsoft.MachineLearningServices/workspaces/{sdk.name}"
    )
    api = sdk.discovery_url.removesuffix("/discovery")
    rest = f"experiments/contract/runs/{run.id}/artifacts/contentinfo?path=logs/x"
    there = requests.get(f"{api}/history/v1.0{scope}/{rest}", timeout=5).json()["contentUri"]
    return str(there).replace("?", "-other?")


def put(url: str, content: bytes, **headers: str) -> requests.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.put(url, data=content, headers={**BLOB, **names}, timeout=5)


def get(url: str, **headers: str) -> requests.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(url, headers=names, timeout=5)


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def code(answer: requests.Response) -> tuple[int, str]:
    """Status and code of a refusal, which header and body agree on."""
    assert f"<Code>{answer.headers['x-ms-error-code']}</Code>" in answer.text or not answer.text
    return answer.status_code, answer.headers["x-ms-error-code"]


def test_a_blob_is_written_and_read(url: str) -> None:
    answer = put(url, b"12345", x_ms_blob_content_type="text/x", x_ms_meta_colour="blue")
    assert (answer.status_code, answer.content) == (201, b"")
    for read in (requests.head(url, timeout=5), get(url)):
        assert read.status_code == 200
        headers = read.headers
        assert headers["Content-Length"] == "5"
        assert (headers["Content-Type"], headers["x-ms-meta-colour"]) == ("text/x", "blue")
        assert (headers["Content-MD5"], headers["ETag"]) == (md5(b"12345"), answer.headers["ETag"])
        assert (headers["x-ms-blob-type"], headers["Accept-Ranges"]) == ("BlockBlob", "bytes")
        assert headers["Last-Modified"] == answer.headers["Last-Modified"]
    assert (get(url).content, requests.head(url, timeout=5).content) == (b"12345", b"")
    again = put(url, b"")
    assert again.headers["ETag"] != answer.headers["ETag"]
    assert (get(url).content, get(url).headers["Content-Type"]) == (b"", "application/octet-stream")


def test_one_blob_is_on_both_hosts(url: str, cloud_url: str) -> None:
    assert url.partition("/artifacts/")[2] == cloud_url.partition("/artifacts/")[2]
    assert url != cloud_url
    assert ".blob.core.windows.net/" in cloud_url
    put(url, b"12345")
    assert get(cloud_url).content == b"12345"


def test_a_blob_that_is_not_there(url: str) -> None:
    assert code(get(url)) == code(requests.head(url, timeout=5)) == (404, "BlobNotFound")
    assert code(get(url, Range="bytes=0-1")) == (404, "BlobNotFound")


RANGES = {"0-3": b"0123", "3-3": b"3", "7-": b"789", "8-99999999999999999999": b"89"}


@pytest.mark.parametrize("header", ["Range", "x-ms-range"])
@pytest.mark.parametrize("asked", RANGES)
def test_a_range_of_a_blob(url: str, asked: str, header: str) -> None:
    put(url, b"0123456789")
    answer = get(url, **{header: f"bytes={asked}", "Range" if header != "Range" else "x-none": "bytes=1-1"})
    assert (answer.status_code, answer.content) == (206, RANGES[asked])
    first = int(asked.partition("-")[0])
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(RANGES[asked]) - 1}/10"
    assert answer.headers["Content-Length"] == str(len(RANGES[asked]))
    assert answer.headers["x-ms-blob-content-md5"] == md5(b"0123456789")
    assert "Content-MD5" not in answer.headers


@pytest.mark.parametrize("content", [b"", b"0123"])
def test_a_range_beyond_the_end(url: str, content: bytes) -> None:
    put(url, content)
    for first in (len(content), 10, 10**25):
        answer = get(url, Range=f"bytes={first}-{first + 5}")
        assert code(answer) == (416, "InvalidRange")
        assert answer.headers["Content-Range"] == f"bytes */{len(content)}"


@pytest.mark.parametrize(
    "asked", ["bytes=5-1", "bytes=-5", "bytes=0-1,3-4", "0-1", "bytes=a-b", "", "bytes=\u00b2-3"]
)
def test_a_malformed_range(url: str, asked: str) -> None:
    put(url, b"0123456789")
    assert code(get(url, Range=asked)) == (400, "InvalidHeaderValue")


def test_the_md5_of_a_range(url: str) -> None:
    put(url, bytes(5 * 2**20))
    answer = get(url, Range="bytes=0-99", x_ms_range_get_content_md5="true")
    assert (answer.status_code, answer.headers["Content-MD5"]) == (206, md5(bytes(100)))
    most = 4 * 2**20
    assert get(url, Range=f"bytes=0-{most - 1}", x_ms_range_get_content_md5="true").status_code == 206
    for asked in ({"Range": f"bytes=0-{most}"}, {"Range": "bytes=0-"}, {}):
        assert code(get(url, **asked, x_ms_range_get_content_md5="true")) == (400, "InvalidHeaderValue")


# The check value of this CRC is that of the digits 1 to 9.
CRC = base64.b64encode(bytes.fromhex("ae8b14860a799888")[::-1]).decode()
DIGITS = b"123456789"


@pytest.mark.parametrize("part", ["", "&comp=block&blockid=YQ%3D%3D"])
def test_content_that_is_what_its_checksum_says(url: str, part: str) -> None:
    assert put(url + part, DIGITS, Content_MD5=md5(DIGITS)).headers["Content-MD5"] == md5(DIGITS)
    assert put(url + part, DIGITS, x_ms_content_crc64=CRC).status_code == 201


WRONG = {
    "Md5Mismatch": {"Content_MD5": md5(b"other")},
    "InvalidMd5": {"Content_MD5": "x"},
    "Crc64Mismatch": {"x_ms_content_crc64": CRC[::-1].lstrip("=") + "="},
    "InvalidHeaderValue": {"x_ms_content_crc64": "\u00e9"},
    "both": {"Content_MD5": md5(DIGITS), "x_ms_content_crc64": CRC},
}


@pytest.mark.parametrize("part", ["", "&comp=block&blockid=YQ%3D%3D", "&comp=blocklist"])
@pytest.mark.parametrize("wrong", WRONG)
def test_content_that_is_not_what_its_checksum_says(
    workspace: EmbeddedWorkspace, url: str, wrong: str, part: str
) -> None:
    before = sorted((workspace.folder / "blobs").iterdir())
    expected = "InvalidHeaderValue" if wrong == "both" else wrong
    assert code(put(url + part, DIGITS, **WRONG[wrong])) == (400, expected)
    assert get(url).status_code == 404
    assert sorted((workspace.folder / "blobs").iterdir()) == before


def test_the_md5_of_the_blob_itself_is_checked_and_kept(url: str) -> None:
    answer = put(url, DIGITS, x_ms_blob_content_md5=md5(b"other"))
    assert code(answer) == (400, "Md5Mismatch")
    stage(url, "a", DIGITS)
    assert commit(url, "<Latest>YQ==</Latest>", x_ms_blob_content_md5="kept").status_code == 201
    assert get(url).headers["Content-MD5"] == "kept"


def test_a_blob_is_not_overwritten_by_chance(workspace: EmbeddedWorkspace, url: str) -> None:
    assert put(url, b"first", If_None_Match="*").status_code == 201
    assert code(put(url, b"second", If_None_Match="*")) == (409, "BlobAlreadyExists")
    stage(url, "a", b"third")
    assert code(commit(url, "<Latest>YQ==</Latest>", If_None_Match="*")) == (409, "BlobAlreadyExists")
    assert get(url).content == b"first"
    assert contents(workspace) == sorted([b"x", b"first", b"third"])


def test_conditions_on_the_entity_tag(url: str) -> None:
    assert code(put(url, b"0", If_Match="*")) == (412, "ConditionNotMet")
    tag = put(url, b"1").headers["ETag"]
    other = put(url, b"2", If_Match=tag).headers["ETag"]
    assert code(put(url, b"3", If_Match=tag)) == (412, "ConditionNotMet")
    assert code(put(url, b"3", If_None_Match=other)) == (412, "ConditionNotMet")
    assert code(get(url, If_Match=tag)) == (412, "ConditionNotMet")
    assert get(url, If_None_Match=other).status_code == 304
    assert get(url, If_Match=other, If_None_Match=tag).content == b"2"


def stage(url: str, block: str, content: bytes) -> requests.Response:
    return put(f"{url}&comp=block&blockid={quote(base64.b64encode(block.encode()))}", content)


def commit(url: str, listed: str, **headers: str) -> requests.Response:
    body = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'
    return put(f"{url}&comp=blocklist", body.encode(), **headers)


def contents(workspace: EmbeddedWorkspace) -> list[bytes]:
    """What the files of the folder hold, which are all that there is of blobs and blocks."""
    return sorted(file.read_bytes() for file in (workspace.folder / "blobs").iterdir())


def test_a_blob_of_blocks(workspace: EmbeddedWorkspace, url: str) -> None:
    for block, content in (("a", b"old"), ("b", b"22"), ("c", b"never"), ("a", b"1")):
        assert stage(url, block, content).status_code == 201
    assert get(url).status_code == 404
    assert contents(workspace) == sorted([b"x", b"22", b"never", b"1"])
    listed = "<Latest>Yg==</Latest><Uncommitted>YQ==</Uncommitted><Latest>Yg==</Latest>"
    assert commit(url, listed, x_ms_blob_content_type="text/x").status_code == 201
    assert (get(url).content, get(url).headers["Content-Type"]) == (b"22122", "text/x")
    assert contents(workspace) == sorted([b"x", b"22122"])
    assert commit(url, "").status_code == 201
    assert get(url).content == b""


def test_a_blob_in_one_piece_replaces_blocks(workspace: EmbeddedWorkspace, url: str) -> None:
    stage(url, "a", b"1")
    put(url, b"whole")
    assert contents(workspace) == sorted([b"x", b"whole"])
    assert code(commit(url, "<Latest>YQ==</Latest>")) == (400, "InvalidBlockList")


@pytest.mark.parametrize(
    "identifier", ["", "%3D", "YQ", "%C3%A9", quote(base64.b64encode(b"x" * 65)), "Y%0AQ%3D"]
)
def test_an_unfit_id_of_a_block(workspace: EmbeddedWorkspace, url: str, identifier: str) -> None:
    answer = put(f"{url}&comp=block&blockid={identifier}", b"1")
    assert code(answer) == (400, "InvalidQueryParameterValue")
    stage(url, "a", b"1")
    assert code(stage(url, "a longer one", b"2")) == (400, "InvalidBlobOrBlock")
    assert contents(workspace) == sorted([b"x", b"1"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<BlockList>",
        b"\xff\xfe",
        b'<?xml version="1.0" encoding="none"?><BlockList/>',
        b"<Blocks/>",
        b"<BlockList><Other>YQ==</Other></BlockList>",
        b"<BlockList><Latest>Yg==</Latest></BlockList>",
        b"<BlockList><Latest/></BlockList>",
        b"<BlockList>" + b"<Latest>YQ==</Latest>" * 50_001 + b"</BlockList>",
        b"<a>" * 100_000,
    ],
    ids=range(10),
)
def test_an_unfit_list_of_blocks(workspace: EmbeddedWorkspace, url: str, body: bytes) -> None:
    stage(url, "a", b"1")
    status, name = code(put(f"{url}&comp=blocklist", body))
    assert status == 400
    assert name in ("InvalidXmlDocument", "InvalidBlockList", "BlockListTooLong")
    assert contents(workspace) == sorted([b"x", b"1"])
    assert get(url).status_code == 404


@pytest.mark.parametrize(
    "part", ["comp=metadata", "comp=lease", "restype=container", "snapshot=x", "versionid=x"]
)
def test_what_is_not_built_says_so(workspace: EmbeddedWorkspace, url: str, part: str) -> None:
    with pytest.raises(UnservedRequest, match="does not serve"):
        put(f"{url}&{part}", b"")
    with pytest.raises(UnservedRequest, match="PageBlob"):
        requests.put(url, headers={"x-ms-blob-type": "PageBlob"}, timeout=5)
    with pytest.raises(UnservedRequest, match="x-ms-lease-id"):
        get(url, x_ms_lease_id="x")
    workspace.unserved.clear()


def test_a_range_is_read_alone(
    workspace: EmbeddedWorkspace, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.workspace.rules.storage import Store

    put(url, bytes(10_000))
    read = []
    load = Store.load_blob

    def load_blob(*args: Any) -> bytes:
        read.append(load(*args))
        return read[-1]

    monkeypatch.setattr(Store, "load_blob", load_blob)
    get(url, Range="bytes=5000-5009")
    assert read == [bytes(10)]


def test_a_blob_is_read_whole_while_it_is_replaced(workspace: EmbeddedWorkspace, url: str) -> None:
    put(url, b"0" * 1000)
    with ThreadPoolExecutor(4) as pool:
        writes = [pool.submit(put, url, str(digit % 10).encode() * 1000) for digit in range(60)]
        reads = [pool.submit(get, url) for _ in range(200)]
    assert {write.result().status_code for write in writes} == {201}
    for read in reads:
        assert len(read.result().content) == 1000
        assert len(set(read.result().content)) == 1
        assert read.result().headers["Content-MD5"] == md5(read.result().content)
    assert len(contents(workspace)) == 2
