"""The rules of snapshots: which file of which snapshot has the content of a path, and the archive of them all.

A client sends only the files that differ from an earlier snapshot, together with the whole tree; so the content of a
file is found by its path, in the snapshot itself or in the nearest one before it. Here is no HTTP.
"""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from harness.workspace.rules.blobs import Place
from harness.workspace.rules.storage import Store

BLOBS = "snapshots"
"""The container of blob storage that has the files of all snapshots, and their archives."""
_READABLE = 0o644


class SnapshotBroken(Exception):
    """A snapshot that cannot be put together from what was sent."""


def save(connection: sqlite3.Connection, snapshot_id: str, created: int, document: str) -> bool:
    """Keeps a snapshot as its client describes it, in JSON; says whether the id was free."""
    inserted = connection.execute(
        "INSERT INTO snapshots (snapshot_id, created, document) VALUES (?, ?, ?)"
        " ON CONFLICT (snapshot_id) DO NOTHING",
        (snapshot_id, created, document),
    )
    return inserted.rowcount == 1


def find(connection: sqlite3.Connection, snapshot_id: str) -> dict[str, Any] | None:
    """What the client said of a snapshot: its tree, its files, the one before it."""
    query = "SELECT document FROM snapshots WHERE snapshot_id = ?"
    row = connection.execute(query, (snapshot_id,)).fetchone()
    if row is None:
        return None
    document: dict[str, Any] = json.loads(row[0])
    return document


def files(connection: sqlite3.Connection, document: Mapping[str, Any]) -> dict[str, Place]:
    """Where the content of each file of a snapshot is, by its path.

    Raises `SnapshotBroken` if a file of the tree was never sent.
    """
    wanted = set(_paths(document.get("DirTreeNode")))
    places: dict[str, Place] = {}
    seen: set[str] = set()
    step: Mapping[str, Any] | None = document
    while step is not None and wanted - places.keys():
        for path, place in _sent(step):
            if path in wanted:
                places.setdefault(path, place)
        earlier = step.get("ParentSnapshotId")
        if not isinstance(earlier, str) or earlier in seen or not earlier.isascii():
            break
        seen.add(earlier)
        step = find(connection, earlier)
    if missing := wanted - places.keys():
        raise SnapshotBroken(f"The content of {len(missing)} files of the snapshot was not sent.")
    return places


def archive(store: Store, places: Mapping[str, str]) -> bytes:
    """A zip archive of files of the store, by their paths."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for path, file in sorted(places.items()):
            entry = zipfile.ZipInfo(_inside(path))
            entry.external_attr = _READABLE << 16
            target.writestr(entry, store.load_blob(file), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _paths(tree: Any) -> Iterator[str]:
    """The paths of the files of a tree, whose nodes have their children by name."""
    waiting: list[tuple[str, Any]] = [("", tree)]
    while waiting:
        above, node = waiting.pop()
        children = node.get("children") if isinstance(node, dict) else None
        for name, child in children.items() if isinstance(children, dict) else ():
            path = f"{above}{name}"
            if isinstance(child, dict) and child.get("type") == "File":
                yield path
            else:
                waiting.append((f"{path}/", child))


def _sent(document: Mapping[str, Any]) -> Iterator[tuple[str, Place]]:
    revisions = document.get("FileRevisionList")
    nodes = revisions.get("FileNodes") if isinstance(revisions, dict) else None
    for node in nodes if isinstance(nodes, list) else ():
        if not isinstance(node, dict):
            continue
        path, uri = node.get("FullName"), node.get("BlobUri")
        if isinstance(path, str) and isinstance(uri, str):
            place = _place(uri)
            if place is not None:
                yield path.replace("\\", "/"), place


def _place(uri: str) -> Place | None:
    try:
        container, _, name = urlsplit(uri).path.removeprefix("/").partition("/")
    except ValueError:
        return None
    # URLs that getblob gave are ASCII.
    return Place(BLOBS, unquote(name)) if container == BLOBS and name.isascii() else None


def _inside(path: str) -> str:
    """The path as an archive may have it: one that stays within the folder to which it is unpacked."""
    inner = "/".join(part for part in path.split("/") if part not in ("", ".", ".."))
    return inner.encode("utf-8", "replace").decode()
