"""Functions of snippets about files and their paths: what was downloaded, and what becomes of the path of an artifact.

They are pure but for `files_below`, which reads a folder. Nothing here knows MLflow or Azure.
"""

from __future__ import annotations

import os
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

__all__ = [
    "artifact_path",
    "files_below",
    "folders_on_top",
    "is_artifact_path",
    "is_filter_text",
    "longest_part",
    "path_in_location",
    "plugin_path",
    "service_path",
    "stored_files",
    "top_level",
    "uploaded_files",
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


def top_level(paths: Iterable[str]) -> list[str]:
    """What the topmost folder has of these files: those that are in no other, and each folder once; sorted."""
    paths = list(paths)
    files = [path for path in paths if "/" not in path]
    return sorted([*files, *{path.partition("/")[0] for path in paths if "/" in path}])


def folders_on_top(paths: Iterable[str]) -> list[str]:
    """The topmost folder of each file that is in one."""
    return [path.partition("/")[0] for path in map(artifact_path, paths) if "/" in path.strip("/")]


def is_filter_text(text: str) -> bool:
    """Whether MLflow's search takes this text between single quotes: not if one in it is not doubled."""
    return "'" not in text.replace("''", "")


def stored_files(
    paths: Sequence[str],
) -> tuple[int, Literal["", "too long", "elsewhere", "below a file", "a folder"]]:
    """How many of several files MLflow's own stores take, in turn, until one that they do not; why not that.

    On Linux a name has at most 255 bytes and a path 4,095; these stores refuse what leads elsewhere (see
    `is_artifact_path`); nothing is at once a file and a folder. MLflow writes the file somewhere else first, under its
    name alone, so that a name that is too long comes out before anything else.
    """
    files: set[str] = set()
    folders: set[str] = set()
    for count, tidy in enumerate(map(artifact_path, paths)):
        above = [tidy[:place] for place, character in enumerate(tidy) if character == "/"]
        if longest_part(posixpath.basename(tidy)) > 255:
            return count, "too long"
        if not is_artifact_path(tidy):
            return count, "elsewhere"
        if longest_part(tidy) > 255 or len(os.fsencode(tidy)) > 4095:
            return count, "too long"
        if files.intersection(above):
            return count, "below a file"
        if tidy in folders:
            return count, "a folder"
        files.add(tidy)
        folders.update(above)
    return len(paths), ""


def uploaded_files(paths: Sequence[str]) -> tuple[int, Literal["", "too long", "no path", "taken"]]:
    """How many of several files get from MLflow to the service, one after the other, until one that does not; why not.

    MLflow writes the file to a local folder first, under its name; the service refuses some paths (see `plugin_path`),
    and any path that it has already.
    """
    taken: set[str] = set()
    for count, path in enumerate(paths):
        if longest_part(posixpath.basename(artifact_path(path))) > 255:
            return count, "too long"
        kept = plugin_path(path)
        if kept is None:
            return count, "no path"
        if kept in taken:
            return count, "taken"
        taken.add(kept)
    return len(paths), ""
