"""The rules of blob storage: how blobs come to be, whole or from blocks, and how they are read back.

Those that grow are in `append_blobs`.

A blob is a file of a random name, so no name that a client chooses ever becomes a path. What of a request says which
rule applies is not known here, nor is what the blobs are for.
"""

from __future__ import annotations

import base64
import binascii
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.workspace.rules import times
from harness.workspace.rules.storage import Store, to_json

Executed = Callable[[str], None]

MOST_BLOCKS = 50_000
"""Blocks of a blob (learn.microsoft.com, Put Block List)."""
_LONGEST_BLOCK_ID = 64


class BlobRefused(Exception):
    """A request that blob storage does not carry out. `status` and `code` are those of its documentation."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Blob:
    """A blob as it is now.

    `headers` go with its content when it is read; `modified` is in ticks. Its content is the first `size` bytes of
    its file. `appended` counts the blocks of one that grows, and is None for any other.
    """

    file: str
    size: int
    headers: Mapping[str, str]
    modified: int
    appended: int | None = None

    @property
    def etag(self) -> str:
        """Another one after each change."""
        return f'"{self.file}"' if self.appended is None else f'"{self.file}-{self.appended}"'


@dataclass(frozen=True)
class Place:
    """Where a blob is, or would be."""

    container: str
    name: str


@dataclass(frozen=True)
class Conditions:
    """What must hold of the blob that is there: an entity tag, `*` for any, or None where nothing is asked."""

    if_match: str | None = None
    if_none_match: str | None = None

    def check_write(self, blob: Blob | None, executed: Executed) -> None:
        """Refuses to change a blob of which they do not hold; None is one that is not there."""
        if self.if_none_match == "*" and blob is not None:
            executed("blob-only-if-new")
            raise BlobRefused(409, "BlobAlreadyExists", "The specified blob already exists.")
        self._check(blob, 412, executed)

    def check_read(self, blob: Blob, executed: Executed) -> None:
        """Refuses to give a blob of which they do not hold."""
        self._check(blob, 304, executed)

    def _check(self, blob: Blob | None, status_of_same: int, executed: Executed) -> None:
        if self.if_match is not None and (blob is None or self.if_match not in ("*", blob.etag)):
            executed("blob-condition-not-met")
            raise BlobRefused(412, "ConditionNotMet", "The condition specified was not met.")
        if blob is not None and self.if_none_match == blob.etag:
            executed("blob-condition-not-met")
            raise BlobRefused(status_of_same, "ConditionNotMet", "The condition specified was not met.")


def find(connection: sqlite3.Connection, place: Place) -> Blob | None:
    """The blob of that name."""
    row = connection.execute(
        "SELECT file, size, headers, modified, appended FROM blobs WHERE container = ? AND name = ?",
        (place.container, place.name),
    ).fetchone()
    return None if row is None else Blob(row[0], row[1], json.loads(row[2]), row[3], row[4])


def wrong_type(executed: Executed) -> BlobRefused:
    """The refusal of what is not for a blob of the type that is there."""
    executed("blob-type-stays")
    return BlobRefused(409, "InvalidBlobType", "The blob type is invalid for this operation.")


def found(store: Store, place: Place, executed: Executed) -> Blob:
    """The blob of that name. Raises `BlobRefused` if there is none."""
    with store.read() as connection:
        blob = find(connection, place)
    if blob is None:
        executed("blob-not-found")
        raise BlobRefused(404, "BlobNotFound", "The specified blob does not exist.")
    return blob


def read(store: Store, place: Place, first: int, last: int | None, executed: Executed) -> tuple[Blob, bytes]:
    """The blob, and its bytes from the first to the last (None: to the end) as far as it has them."""
    while True:
        blob = found(store, place, executed)
        start = min(first, blob.size)
        end = blob.size if last is None else min(last + 1, blob.size)
        try:
            return blob, store.load_blob(blob.file, start, max(end - start, 0))
        except FileNotFoundError:
            # Replaced since it was looked up. Were it lost, this would not end.
            with store.read() as connection:
                if find(connection, place) == blob:
                    raise


def put(
    store: Store,
    place: Place,
    content: bytes,
    headers: Mapping[str, str],
    conditions: Conditions,
    executed: Executed,
    *,
    appended: int | None = None,
) -> Blob:
    """Writes a blob in one piece, in place of one that is there and of blocks that wait for it."""
    blob = Blob(store.save_blob(content), len(content), headers, times.now(), appended)
    stale: list[str] = []
    try:
        with store.write() as connection:
            stale = _install(connection, place, blob, conditions, executed)
    except BaseException:
        store.discard_blob(blob.file)
        raise
    for file in stale:
        store.discard_blob(file)
    executed("blob-put")
    return blob


def stage(store: Store, place: Place, block: str, content: bytes, executed: Executed) -> None:
    """Keeps a block, in place of one of the same id, until a list of blocks says which make up the blob."""
    _check_block_id(block, executed)
    file = store.save_blob(content)
    try:
        with store.write() as connection:
            old = find(connection, place)
            if old is not None and old.appended is not None:
                raise wrong_type(executed)
            staged = _staged(connection, place)
            if any(len(other) != len(block) for other in staged):
                executed("blob-block-id")
                raise BlobRefused(
                    400, "InvalidBlobOrBlock", "All block ids of a blob must have the same length."
                )
            connection.execute(
                "INSERT OR REPLACE INTO blocks (container, name, block, file, size) VALUES (?, ?, ?, ?, ?)",
                (place.container, place.name, block, file, len(content)),
            )
    except BaseException:
        store.discard_blob(file)
        raise
    if block in staged:
        store.discard_blob(staged[block][0])
    executed("blob-block")


def commit(
    store: Store,
    place: Place,
    blocks: Sequence[str],
    headers: Mapping[str, str],
    conditions: Conditions,
    executed: Executed,
) -> Blob:
    """Makes the blob from blocks that were kept for it, in the order of the list. The others are dropped."""
    if len(blocks) > MOST_BLOCKS:
        executed("blob-block-list-refused")
        raise BlobRefused(
            400, "BlockListTooLong", f"The block list may not contain more than {MOST_BLOCKS} blocks."
        )
    joined: str | None = None
    try:
        with store.write() as connection:
            staged = _staged(connection, place)
            if not staged.keys() >= set(blocks):
                executed("blob-block-list-refused")
                raise BlobRefused(400, "InvalidBlockList", "The specified block list is invalid.")
            joined = store.join_blobs([staged[block][0] for block in blocks])
            blob = Blob(joined, sum(staged[block][1] for block in blocks), headers, times.now())
            stale = _install(connection, place, blob, conditions, executed)
    except BaseException:
        if joined is not None:
            store.discard_blob(joined)
        raise
    for file in stale:
        store.discard_blob(file)
    executed("blob-block-list")
    return blob


def from_base64(text: str) -> bytes | None:
    """The bytes that a text in Base64 means; None where it is not that."""
    try:
        return base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, ValueError):
        return None


def _install(
    connection: sqlite3.Connection, place: Place, blob: Blob, conditions: Conditions, executed: Executed
) -> list[str]:
    """Enters the blob; gives the files to which nothing refers any more once that is committed."""
    old = find(connection, place)
    conditions.check_write(old, executed)
    if old is not None and (old.appended is None) != (blob.appended is None):
        raise wrong_type(executed)
    stale = [file for file, _ in _staged(connection, place).values()]
    if stale:
        connection.execute(
            "DELETE FROM blocks WHERE container = ? AND name = ?", (place.container, place.name)
        )
    connection.execute(
        "INSERT OR REPLACE INTO blobs (container, name, file, size, headers, modified, appended)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            place.container,
            place.name,
            blob.file,
            blob.size,
            to_json(blob.headers),
            blob.modified,
            blob.appended,
        ),
    )
    return stale if old is None else [*stale, old.file]


def _staged(connection: sqlite3.Connection, place: Place) -> dict[str, tuple[str, int]]:
    """File and size of each block that waits for the blob, by its id."""
    rows = connection.execute(
        "SELECT block, file, size FROM blocks WHERE container = ? AND name = ?", (place.container, place.name)
    )
    return {block: (file, size) for block, file, size in rows}


def _check_block_id(block: str, executed: Executed) -> None:
    decoded = from_base64(block)
    if not decoded or len(decoded) > _LONGEST_BLOCK_ID:
        executed("blob-block-id")
        raise BlobRefused(400, "InvalidQueryParameterValue", "blockid must be Base64 of 1 to 64 bytes.")
