"""Functions of snippets about files and their paths: what was downloaded, and what becomes of the path of an artifact.

They are pure but for `files_below`, which reads a folder. Nothing here knows MLflow or Azure.
"""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from pathlib import Path

__all__ = [
    "artifact_path",
    "files_below",
    "is_artifact_path",
    "longest_part",
    "path_in_location",
    "plugin_path",
    "service_path",
]


def files_below(folder: str | os.PathLike[str]) -> dict[str, bytes]:
    """The content of each file at or below a folder, by its path relative to it, with `/` between the parts.

    Raises:
        OSError: A file cannot be read.
    """
    top = Path(folder)
    return {
        path.relative_to(top).as_posix(): path.read_bytes()
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


def artifact_path(path: str) -> str:
    """The path under which MLflow logs a file that is to be `path`: that without `.`, `..` and doubled slashes.

    Source: `mlflow.tracking.client`, which takes the folder and the name of the file from the shorter path.
    """
    return posixpath.normpath(path)


def is_artifact_path(path: str) -> bool:
    """Whether MLflow's own stores take a file of this path: not if its folder is absolute or above the run's.

    Source: `verify_artifact_path` of `mlflow.store.artifact.artifact_repo`.
    """
    folder = posixpath.dirname(artifact_path(path))
    return not folder.startswith(("/", ".."))


def longest_part(path: str) -> int:
    """The length in bytes of the longest name in a path; on Linux a file's name has at most 255."""
    return max(len(os.fsencode(part)) for part in path.split("/"))


def service_path(path: str) -> str | None:
    """The path under which the service keeps a file that is sent as `path`; None where it refuses the path.

    As far as is known: it takes no control characters, no drive, no `..`, and none that ends as a folder does; parts
    that are empty or `.` are left out.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in path):
        return None
    if path.startswith("\\") or re.match(r"[A-Za-z]:[/\\]", path) or ".." in re.split(r"[/\\]", path):
        return None
    tidy = "/".join(part for part in path.split("/") if part not in ("", "."))
    return None if path.endswith(("/", "/.")) or not tidy else tidy


def plugin_path(path: str) -> str | None:
    """The path under which the service keeps a file that MLflow logs as `path`; None where it refuses it.

    The plugin makes slashes of backslashes.
    """
    return service_path(artifact_path(path).replace("\\", "/"))


def path_in_location(location: str) -> str:
    """The path of the artifact to which a metric of SDK v1 leads, as its files are downloaded.

    Args:
        location: The value of the metric, `aml://artifactId/ORIGIN/CONTAINER/PATH`.
    """
    return "/".join(part for part in location.split("/")[5:] if part not in ("", "."))
