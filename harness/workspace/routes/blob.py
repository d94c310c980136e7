"""Blob storage: block blobs, written whole or in blocks, append blobs, and both read whole or in ranges.

Nothing else of the Blob service.
"""

from __future__ import annotations

import re
from email.utils import formatdate
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from harness.workspace.rules import append_blobs, blobs, checksums
from harness.workspace.rules.blobs import Blob, BlobRefused, Conditions, Place
from harness.workspace.rules.identity import Identity
from harness.workspace.wire.calls import Answer, Call, NotBuilt, Route, ServiceError

_RANGE = re.compile(r"bytes=(\d{1,30})-(\d{1,30})?", re.ASCII)
_NUMBER = re.compile(r"\d{1,19}", re.ASCII)
_MOST_FOR_MD5 = 4 * 2**20
_KEPT = {
    "x-ms-blob-content-type": "Content-Type",
    "x-ms-blob-content-encoding": "Content-Encoding",
    "x-ms-blob-content-language": "Content-Language",
    "x-ms-blob-content-disposition": "Content-Disposition",
    "x-ms-blob-cache-control": "Cache-Control",
    "x-ms-blob-content-md5": "Content-MD5",
}
_METADATA = "x-ms-meta-"
_UNBUILT_PARAMETERS = ("restype", "snapshot", "versionid")
_UNBUILT_HEADERS = (
    "If-Modified-Since",
    "If-Unmodified-Since",
    "x-ms-copy-source",
    "x-ms-encryption-key",
    "x-ms-if-tags",
    "x-ms-lease-id",
    "x-ms-range-get-content-crc64",
)


def put(call: Call) -> Answer:
    """Writes a blob, or one block of it, or makes it of such blocks, or adds one to its end."""
    _refuse_unbuilt(call, "block", "blocklist", "appendblock")
    operation = {
        None: _put_whole,
        "block": _put_block,
        "blocklist": _put_list,
        "appendblock": _append,
    }[call.query.get("comp")]
    try:
        return operation(call)
    except BlobRefused as error:
        raise _refused(error) from error


def get(call: Call) -> Answer:
    """The content of a blob, or a range of it."""
    _refuse_unbuilt(call)
    try:
        return _get(call)
    except BlobRefused as error:
        raise _refused(error) from error


def head(call: Call) -> Answer:
    """The properties of a blob, by which the client of SDK v1 checks its upload."""
    _refuse_unbuilt(call)
    try:
        blob = blobs.found(call.store, _place(call), call.executed)
        _conditions(call).check_read(blob, call.executed)
    except BlobRefused as error:
        raise _refused(error) from error
    call.executed("blob-properties")
    return Answer(headers={**_described(blob), "Content-Length": str(blob.size)})


def as_storage_does(error: ServiceError, identity: Identity) -> Answer:
    """A refusal as Azure Storage writes it: XML, with the code in a header, too."""
    body = (
        '<?xml version="1.0" encoding="utf-8"?>'
        f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
    )
    if error.status == 304:
        return Answer(status=304, headers={"x-ms-error-code": error.code})
    headers = {"Content-Type": "application/xml", "x-ms-error-code": error.code}
    if error.status == 416:
        headers["Content-Range"] = f"bytes */{error.message.rpartition(' ')[2]}"
    return Answer(body.encode(), status=error.status, headers=headers)


def _put_whole(call: Call) -> Answer:
    kind = call.headers.get("x-ms-blob-type", "BlockBlob")
    if kind == "AppendBlob":
        return _create_to_append(call)
    if kind != "BlockBlob":
        raise NotBuilt(f"the embedded workspace does not serve blobs of type {kind}")
    _verify(call)
    headers = _kept(call)
    if "Content-MD5" in headers:
        checksums.verify(call.body, headers["Content-MD5"], None, call.executed)
    md5 = headers["Content-MD5"] = checksums.md5_of(call.body)
    headers.setdefault("Content-Type", call.headers.get("Content-Type", "application/octet-stream"))
    blob = blobs.put(call.store, _place(call), call.body, headers, _conditions(call), call.executed)
    return Answer(status=201, headers={**_tagged(blob), "Content-MD5": md5})


def _create_to_append(call: Call) -> Answer:
    headers = {"Content-Type": call.headers.get("Content-Type", "application/octet-stream"), **_kept(call)}
    blob = append_blobs.create(call.store, _place(call), call.body, headers, _conditions(call), call.executed)
    return Answer(status=201, headers=_tagged(blob))


def _append(call: Call) -> Answer:
    _verify(call)
    position = append_blobs.Position(
        _number(call, "x-ms-blob-condition-appendpos"), _number(call, "x-ms-blob-condition-maxsize")
    )
    version = call.headers.get("x-ms-version", "")
    blob, start = append_blobs.append(
        call.store, _place(call), call.body, version, position, _conditions(call), call.executed
    )
    headers = {"Content-MD5": checksums.md5_of(call.body), "x-ms-blob-append-offset": str(start)}
    return Answer(status=201, headers={**_tagged(blob), **_counted(blob), **headers})


def _number(call: Call, header: str) -> int | None:
    """The number that a header has, which must be one if it is there."""
    text = call.headers.get(header)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        call.executed("append-blob-position")
        raise BlobRefused(400, "InvalidHeaderValue", f"{header} must be a number.")
    return int(text)


def _put_block(call: Call) -> Answer:
    _verify(call)
    blobs.stage(call.store, _place(call), call.query.get("blockid", ""), call.body, call.executed)
    return Answer(status=201, headers={**_SENT_ALWAYS, "Content-MD5": checksums.md5_of(call.body)})


def _put_list(call: Call) -> Answer:
    _verify(call)
    headers = {"Content-Type": "application/octet-stream", **_kept(call)}
    listed = _listed(call)
    blob = blobs.commit(call.store, _place(call), listed, headers, _conditions(call), call.executed)
    return Answer(status=201, headers=_tagged(blob))


def _listed(call: Call) -> list[str]:
    """The ids of the blocks that make up the blob."""
    try:
        root = ElementTree.fromstring(call.body)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        call.executed("blob-block-list-refused")
        raise BlobRefused(400, "InvalidXmlDocument", "XML specified is not syntactically valid.") from error
    if root.tag != "BlockList" or any(child.tag not in _LISTS for child in root):
        call.executed("blob-block-list-refused")
        raise BlobRefused(400, "InvalidXmlDocument", "XML specified is not a list of blocks.")
    if any(child.tag == "Committed" for child in root):
        raise NotBuilt("the embedded workspace does not make a blob of the blocks of an earlier one")
    return [(child.text or "").strip() for child in root]


_LISTS = ("Latest", "Uncommitted", "Committed")


def _get(call: Call) -> Answer:
    asked = call.headers.get("x-ms-range", call.headers.get("Range"))
    first, last = (0, None) if asked is None else _first_and_last(call, asked)
    wants_md5 = call.headers.get("x-ms-range-get-content-md5", "").lower() == "true"
    if wants_md5 and (last is None or last - first >= _MOST_FOR_MD5):
        call.executed("blob-range-md5")
        raise BlobRefused(400, "InvalidHeaderValue", "An MD5 is given for a range of 4 MiB at most.")
    blob, content = blobs.read(call.store, _place(call), first, last, call.executed)
    _conditions(call).check_read(blob, call.executed)
    headers = _described(blob)
    if asked is None:
        call.executed("blob-get")
        return Answer(content, headers=headers)
    if first >= blob.size:
        call.executed("blob-range-beyond-the-end")
        raise BlobRefused(
            416, "InvalidRange", f"The range specified is invalid for a blob of size {blob.size}"
        )
    call.executed("blob-range")
    if "Content-MD5" in headers:
        headers["x-ms-blob-content-md5"] = headers.pop("Content-MD5")
    if wants_md5:
        call.executed("blob-range-md5")
        headers["Content-MD5"] = checksums.md5_of(content)
    headers["Content-Range"] = f"bytes {first}-{first + len(content) - 1}/{blob.size}"
    return Answer(content, status=206, headers=headers)


def _first_and_last(call: Call, text: str) -> tuple[int, int | None]:
    """The first and the last byte that a range asks for; None is the end of the blob."""
    matched = _RANGE.fullmatch(text.strip())
    first, last = matched.groups() if matched else ("1", "0")
    if last is not None and int(last) < int(first):
        call.executed("blob-range-malformed")
        raise BlobRefused(400, "InvalidHeaderValue", "The range is not of the form bytes=first-last.")
    return int(first), None if last is None else int(last)


def _verify(call: Call) -> None:
    md5, crc64 = call.headers.get("Content-MD5"), call.headers.get("x-ms-content-crc64")
    checksums.verify(call.body, md5, crc64, call.executed)


def _refuse_unbuilt(call: Call, *comps: str) -> None:
    if call.query.get("comp") not in (None, *comps):
        raise NotBuilt(f"the embedded workspace does not serve {call.query['comp']} of a blob here")
    for name in _UNBUILT_PARAMETERS:
        if name in call.query:
            raise NotBuilt(f"the embedded workspace does not serve {name} of a blob")
    for name in _UNBUILT_HEADERS:
        if name in call.headers:
            raise NotBuilt(f"the embedded workspace does not serve the header {name} of blob storage")


def _refused(error: BlobRefused) -> ServiceError:
    return ServiceError(error.status, error.code, str(error))


def _place(call: Call) -> Place:
    return Place(call.args["container"], call.args["name"])


def _conditions(call: Call) -> Conditions:
    return Conditions(call.headers.get("If-Match"), call.headers.get("If-None-Match"))


def _kept(call: Call) -> dict[str, str]:
    """The headers of a blob that come back with it."""
    kept = {own: call.headers[sent] for sent, own in _KEPT.items() if sent in call.headers}
    metadata = {name: value for name, value in call.headers.items() if name.lower().startswith(_METADATA)}
    return {**kept, **metadata}


def _described(blob: Blob) -> dict[str, Any]:
    kind = "BlockBlob" if blob.appended is None else "AppendBlob"
    return {
        **blob.headers,
        **_tagged(blob),
        **_counted(blob),
        "Accept-Ranges": "bytes",
        "x-ms-blob-type": kind,
    }


def _counted(blob: Blob) -> dict[str, str]:
    """The number of blocks, which an append blob shows."""
    return {} if blob.appended is None else {"x-ms-blob-committed-block-count": str(blob.appended)}


def _tagged(blob: Blob) -> dict[str, str]:
    return {
        **_SENT_ALWAYS,
        "ETag": blob.etag,
        "Last-Modified": formatdate(blob.modified / 10_000_000, usegmt=True),
        "x-ms-request-id": blob.file,
    }


_SENT_ALWAYS = {"x-ms-version": "2021-12-02", "x-ms-request-server-encrypted": "true"}

ROUTES = (
    Route("PUT", "/<container>/<path:name>", put, as_storage_does),
    # Before the other: a rule for GET takes HEAD, too.
    Route("HEAD", "/<container>/<path:name>", head, as_storage_does),
    Route("GET", "/<container>/<path:name>", get, as_storage_does),
)
