"""The content service: snapshots of source folders."""

from __future__ import annotations

import uuid

from harness.workspace.rules import blobs, snapshots, times
from harness.workspace.rules.blobs import Conditions, Place
from harness.workspace.wire.calls import Answer, Call, Route, ServiceError

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
        {"fullName": name, "blobUri": call.identity.blob_url(snapshots.BLOBS, f"{folder}/{index}")}
        for index, name in enumerate(names)
    ]
    return Answer({"fileNodes": nodes})


def create(call: Call) -> Answer:
    """Keeps what the client says of a snapshot: its tree, its files, the one before it."""
    body = call.plain(call.json(), "The body")
    call.an_object(body.get("DirTreeNode"), "DirTreeNode")
    call.executed("snapshot-kept")
    with call.store.write() as connection:
        document = call.body.decode("utf-8-sig")
        if not snapshots.save(connection, call.args["snapshot"], times.now(), document):
            call.executed("snapshot-once")
            raise ServiceError(409, "Conflict", f"Snapshot {call.args['snapshot']} already exists.")
    return Answer({})


def make_zip(call: Call) -> Answer:
    """Where an archive of the whole snapshot can be read. It is made when it is first asked for."""
    snapshot = call.args["snapshot"]
    place = Place(snapshots.BLOBS, f"{uuid.uuid5(uuid.NAMESPACE_OID, snapshot)}.zip")
    with call.store.read() as connection:
        document = snapshots.find(connection, snapshot)
        if document is None:
            call.executed("snapshot-not-found")
            raise ServiceError(404, "NotFoundError", f"Snapshot {snapshot} was not found")
        if blobs.find(connection, place) is None:
            try:
                places = snapshots.files(connection, document)
            except snapshots.SnapshotBroken as error:
                call.executed("snapshot-broken")
                raise ServiceError(400, "ValidationError", str(error)) from error
            found = {path: blobs.find(connection, sent) for path, sent in places.items()}
        else:
            found = None
    if found is not None:
        stored = {path: blob.file for path, blob in found.items() if blob is not None}
        if stored.keys() != found.keys():
            call.executed("snapshot-broken")
            raise ServiceError(
                400, "ValidationError", "The content of files of the snapshot was not uploaded."
            )
        content = snapshots.archive(call.store, stored)
        headers = {"Content-Type": "application/zip"}
        blobs.put(call.store, place, content, headers, Conditions(), call.executed)
    call.executed("snapshot-zip")
    return Answer({"zipSasUri": call.identity.blob_url(place.container, place.name)})


ROUTES = (
    Route("GET", "/content/v1.0/snapshots/latest/metadata", latest_metadata),
    Route("POST", "/content/v2.0/snapshots/getblob", get_blobs),
    Route("POST", "/content/v2.0/snapshots/<snapshot>", create),
    Route("POST", "/content/v2.0/snapshots/<snapshot>/zip", make_zip),
)
