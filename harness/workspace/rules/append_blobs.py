"""The rules of append blobs: they begin empty and only grow. The client of SDK v1 uploads so what it captures of a run.

Such a blob is one file that is written on at its end. How far it counts is in the database, so what was written of a
block that was never acknowledged is no part of it, and the next block takes its place. Reading is as for all blobs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.workspace.rules import blobs, times
from harness.workspace.rules.blobs import Blob, BlobRefused, Conditions, Executed, Place
from harness.workspace.rules.storage import Store

MOST_BLOCKS = 50_000
"""Blocks of an append blob (learn.microsoft.com, Append Block)."""
_LARGEST_BLOCK = 4 * 2**20
_LARGEST_BLOCK_SINCE = ("2022-11-02", 100 * 2**20)


@dataclass(frozen=True)
class Position:
    """Where the block has to begin, and the most bytes that the blob may have then; None where nothing is asked."""

    start: int | None = None
    most: int | None = None

    def check(self, blob: Blob, length: int, executed: Executed) -> None:
        """Refuses a block of that length where it is not so."""
        if self.most is not None and blob.size + length > self.most:
            executed("append-blob-position")
            raise BlobRefused(
                412, "MaxBlobSizeConditionNotMet", "The max blob size condition specified was not met."
            )
        if self.start is not None and blob.size != self.start:
            executed("append-blob-position")
            raise BlobRefused(
                412, "AppendPositionConditionNotMet", "The append position condition specified was not met."
            )


def create(
    store: Store,
    place: Place,
    content: bytes,
    headers: Mapping[str, str],
    conditions: Conditions,
    executed: Executed,
) -> Blob:
    """Makes an empty append blob, in place of one that is there. `content` is what was sent, which must be nothing."""
    if content:
        executed("append-blob-begins-empty")
        raise BlobRefused(400, "InvalidHeaderValue", "An append blob is created with a Content-Length of 0.")
    blob = blobs.put(store, place, b"", headers, conditions, executed, appended=0)
    executed("append-blob-created")
    return blob


def append(
    store: Store,
    place: Place,
    content: bytes,
    version: str,
    position: Position,
    conditions: Conditions,
    executed: Executed,
) -> tuple[Blob, int]:
    """Adds a block; gives the blob and where in it the block begins. `version` is that of the service, as asked for."""
    _check_size(len(content), version, executed)
    with store.write() as connection:
        old = blobs.find(connection, place)
        if old is None:
            executed("blob-not-found")
            raise BlobRefused(404, "BlobNotFound", "The specified blob does not exist.")
        if old.appended is None:
            raise blobs.wrong_type(executed)
        conditions.check_write(old, executed)
        position.check(old, len(content), executed)
        if old.appended >= MOST_BLOCKS:
            executed("append-blob-most-blocks")
            raise BlobRefused(
                409, "BlockCountExceedsLimit", f"An append blob has at most {MOST_BLOCKS} blocks."
            )
        store.write_blob(old.file, old.size, content)
        blob = replace(old, size=old.size + len(content), modified=times.now(), appended=old.appended + 1)
        connection.execute(
            "UPDATE blobs SET size = ?, modified = ?, appended = ? WHERE container = ? AND name = ?",
            (blob.size, blob.modified, blob.appended, place.container, place.name),
        )
    executed("append-blob-block")
    return blob, old.size


def _check_size(size: int, version: str, executed: Executed) -> None:
    since, more = _LARGEST_BLOCK_SINCE
    largest = more if version >= since else _LARGEST_BLOCK
    if not size:
        executed("append-blob-block-size")
        raise BlobRefused(400, "InvalidHeaderValue", "A block must not be empty.")
    if size > largest:
        executed("append-blob-block-size")
        raise BlobRefused(413, "RequestBodyTooLarge", f"A block has at most {largest} bytes.")
