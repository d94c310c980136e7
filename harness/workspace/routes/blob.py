"""Blob storage: whole blobs, written and asked for their properties."""

from __future__ import annotations

from email.utils import formatdate

from harness.workspace import times
from harness.workspace.calls import Answer, Call, NotBuilt, Route


def put(call: Call) -> Answer:
    """Writes a blob in one piece."""
    _only_whole(call)
    container, name = call.args["container"], call.args["name"]
    file = call.store.save_blob(call.body)
    modified = times.now()
    try:
        with call.store.write() as connection:
            where = "FROM blobs WHERE container = ? AND name = ?"
            old = connection.execute(f"SELECT file {where}", (container, name)).fetchone()
            connection.execute(
                "INSERT OR REPLACE INTO blobs (container, name, file, size, content_type, modified)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (container, name, file, len(call.body), call.headers.get("x-ms-blob-content-type"), modified),
            )
    except BaseException:
        call.store.discard_blob(file)
        raise
    if old is not None:
        call.store.discard_blob(old[0])
    call.executed("blob-put")
    return Answer(status=201, headers=_headers(file, modified))


def head(call: Call) -> Answer:
    """The properties of a blob, by which the client checks its upload."""
    _only_whole(call)
    call.executed("blob-properties")
    with call.store.read() as connection:
        row = connection.execute(
            "SELECT file, size, content_type, modified FROM blobs WHERE container = ? AND name = ?",
            (call.args["container"], call.args["name"]),
        ).fetchone()
    if row is None:
        return Answer(status=404, headers={"x-ms-error-code": "BlobNotFound"})
    file, size, content_type, modified = row
    return Answer(
        headers={
            **_headers(file, modified),
            "Content-Length": str(size),
            "Content-Type": content_type or "application/octet-stream",
            "x-ms-blob-type": "BlockBlob",
        }
    )


def _only_whole(call: Call) -> None:
    for key in ("comp", "restype", "snapshot", "versionid"):
        if key in call.query:
            raise NotBuilt(f"the embedded workspace does not serve {key} of a blob")


def _headers(file: str, modified: int) -> dict[str, str]:
    return {
        "ETag": f'"{file}"',
        "Last-Modified": formatdate(modified / 10_000_000, usegmt=True),
        "x-ms-request-id": file,
        "x-ms-version": "2021-12-02",
        "x-ms-request-server-encrypted": "true",
    }


ROUTES = (
    Route("PUT", "/<container>/<path:name>", put),
    Route("HEAD", "/<container>/<path:name>", head),
)
