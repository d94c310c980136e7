"""The rules of the artifact service: which names artifacts may have, and how they are found and listed.

An artifact is a name within a container (that of a run) for a blob. Its content goes to and comes from blob storage
directly; the name of the blob has nothing of the artifact's, so it needs no quoting, which the clients do differently.
Here is no HTTP.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.workspace.rules import times
from harness.workspace.rules.identity import Identity
from harness.workspace.rules.storage import to_json

Executed = Callable[[str], None]

ORIGIN = "ExperimentRun"
"""The origin of all artifacts of runs."""
BLOBS = "artifacts"
"""The container of blob storage that has the contents of all artifacts."""
PAGE = 100
"""Artifacts of one page of a list."""
LONGEST_PATH = 5000
"""Characters of a path (MicrosoftDocs/azure-docs, resource-limits-capacity.md)."""
LOG_FOLDERS = ("azureml-logs", "logs")
"""What is below these is a log file of the run."""

_COLUMNS = "origin, container, path, created, blob, document"
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")


class ArtifactRefused(Exception):
    """An artifact that the service does not take. Others of the same request are not affected."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Artifact:
    """An artifact. `created` is in ticks, `blob` the name of its blob."""

    origin: str
    container: str
    path: str
    created: int
    blob: str
    tags: Mapping[str, str]

    @property
    def artifact_id(self) -> str:
        """Its name in the workspace."""
        return f"{self.origin}/{self.container}/{self.path}"


def create(
    connection: sqlite3.Connection,
    origin: str,
    container: str,
    path: str,
    tags: Mapping[str, str],
    executed: Executed,
) -> Artifact:
    """Enters a new artifact, without content as yet. Raises `ArtifactRefused` for a name that is taken, or unfit."""
    path = _fit(path, executed)
    artifact = Artifact(origin, container, path, times.now(), uuid.uuid4().hex, tags)
    inserted = connection.execute(
        f"INSERT INTO artifacts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (origin, container, path) DO NOTHING",
        (origin, container, path, artifact.created, artifact.blob, to_json({"tags": tags})),
    )
    if inserted.rowcount == 0:
        executed("artifact-name-taken")
        message = f"Resource Conflict: ArtifactId {artifact.artifact_id} already exists."
        raise ArtifactRefused("ResourceConflict", message)
    executed("artifact-created")
    return artifact


def find(connection: sqlite3.Connection, origin: str, container: str, path: str) -> Artifact | None:
    """The artifact of that path, if it has content."""
    found = _select(connection, origin, container, "artifacts.path = ?", [_tidy(path)], 1)
    return found[0] if found else None


def listed(
    connection: sqlite3.Connection, origin: str, container: str, folder: str, after: str | None, most: int
) -> list[Artifact]:
    """So many artifacts with content, at or below a folder ("": all), by their paths, behind the path `after`."""
    conditions, values = ["artifacts.path > ?"], [after or ""]
    if folder:
        # "0" is the character behind "/", so this is the range of all paths that begin with the folder.
        conditions.append("(artifacts.path = ? OR artifacts.path > ? AND artifacts.path < ?)")
        values += [folder, f"{folder}/", f"{folder}0"]
    return _select(connection, origin, container, " AND ".join(conditions), values, most)


def log_files(
    connection: sqlite3.Connection, identity: Identity, container: str, executed: Executed
) -> dict[str, str]:
    """The log files of a run, each with the URL from which it can be read."""
    files = {
        artifact.path: content_uri(identity, artifact)
        for folder in LOG_FOLDERS
        for artifact in listed(connection, ORIGIN, container, folder, None, -1)
    }
    if files:
        executed("artifact-log-files")
    return files


def content_uri(identity: Identity, artifact: Artifact, *, of_cloud: bool = False) -> str:
    """Where the content is written and read (see `Identity.blob_url`)."""
    return identity.blob_url(BLOBS, artifact.blob, of_cloud=of_cloud)


def _select(
    connection: sqlite3.Connection, origin: str, container: str, where: str, values: Sequence[str], most: int
) -> list[Artifact]:
    columns = ", ".join(f"artifacts.{column}" for column in _COLUMNS.split(", "))
    rows = connection.execute(
        f"SELECT {columns} FROM artifacts JOIN blobs ON blobs.container = ? AND blobs.name = artifacts.blob"
        f" WHERE artifacts.origin = ? AND artifacts.container = ? AND {where} ORDER BY artifacts.path LIMIT ?",
        (BLOBS, origin, container, *values, most),
    )
    return [_artifact(row) for row in rows]


def _artifact(row: tuple[str, str, str, int, str, str]) -> Artifact:
    *_, document = row
    kept: dict[str, Any] = json.loads(document)
    return Artifact(*row[:-1], kept["tags"])


def _fit(path: str, executed: Executed) -> str:
    """The path under which an artifact is kept that a client sent with this one."""
    if len(path) > LONGEST_PATH:
        executed("artifact-path-too-long")
        raise ArtifactRefused(
            "ValidationError",
            "A field of the entity is over the size limit."
            f" FieldName=ArtifactDto.Path/Length, Limit={LONGEST_PATH}, Size={len(path)}.",
        )
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in path):
        executed("artifact-path-of-characters")
        raise ArtifactRefused("ValidationError", "The path of an artifact must not have control characters.")
    # Clients download to this path below a folder of their user's, so it must stay below it.
    if path.startswith("\\") or _DRIVE.match(path) or ".." in re.split(r"[/\\]", path):
        executed("artifact-path-stays-inside")
        raise ArtifactRefused(
            "ValidationError", "The path of an artifact must not lead out of its container."
        )
    if path.endswith(("/", "/.")) or not (tidy := _tidy(path)):
        executed("artifact-path-is-of-a-file")
        raise ArtifactRefused("ValidationError", "The path of an artifact must be that of a file.")
    if tidy != path:
        executed("artifact-path-tidied")
    if not _PLAIN.fullmatch(tidy):
        executed("artifact-path-as-sent")
    return tidy


def _tidy(path: str) -> str:
    """The path without segments that are empty or "."."""
    # Nearly all paths have none.
    if "//" not in path and "./" not in path and not path.startswith("/") and path != ".":
        return path
    return "/".join(segment for segment in path.split("/") if segment not in ("", "."))


_PLAIN = re.compile(r"[\w.-]+(/[\w.-]+)*", re.ASCII)
