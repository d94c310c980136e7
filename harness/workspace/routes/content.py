"""The content service: snapshots of source folders."""

from __future__ import annotations

import uuid

from harness.workspace import times
from harness.workspace.calls import Answer, Call, Route
from harness.workspace.storage import to_json

_NO_SNAPSHOT = str(uuid.UUID(int=0))


def latest_metadata(call: Call) -> Answer:
    """Says that there is no earlier snapshot, so that the client sends all files."""
    call.executed("snapshot-latest-is-empty")
    return Answer({"id": _NO_SNAPSHOT, "root": {}})


def get_blobs(call: Call) -> Answer:
    """Where the files of a new snapshot are to be uploaded."""
    names = [
        call.a_text(name, "A file name") for name in call.a_list(call.json().get("FileNames"), "FileNames")
    ]
    call.executed("snapshot-files-to-blobs")
    folder = uuid.uuid4()
    nodes = [
        {"fullName": name, "blobUri": call.identity.blob_url("snapshots", f"{folder}/{index}")}
        for index, name in enumerate(names)
    ]
    return Answer({"fileNodes": nodes})


def create(call: Call) -> Answer:
    """Keeps what the client says of a snapshot: its tree, its files, the one before it."""
    body = call.json()
    call.an_object(body.get("DirTreeNode"), "DirTreeNode")
    call.executed("snapshot-kept")
    with call.store.write() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO snapshots (snapshot_id, created, document) VALUES (?, ?, ?)",
            (call.args["snapshot"], times.now(), to_json(body)),
        )
    return Answer({})


ROUTES = (
    Route("GET", "/content/v1.0/snapshots/latest/metadata", latest_metadata),
    Route("POST", "/content/v2.0/snapshots/getblob", get_blobs),
    Route("POST", "/content/v2.0/snapshots/<snapshot>", create),
)
