"""Functions of snippets about the artifacts of a tracking server: which files it takes, and what it lists of them.

They are pure. Nothing here knows MLflow or Azure. The path of a file is part of an address on the way to the server,
which then decodes it; and the client decodes each name that the server lists.

Source: `mlflow.store.artifact.http_artifact_repo` and `mlflow.server.artifact_router` of MLflow 3.15.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal
from urllib.parse import unquote

from harness.downloads import cut_off, safe_path
from harness.files import artifact_path, is_artifact_path, longest_part, stored_files

__all__ = ["downloaded_from_server", "listed_by_server", "served_files", "served_path"]

Refusal = Literal[
    "",
    "too long",
    "elsewhere",
    "no address",
    "no name",
    "no path",
    "too long there",
    "below a file",
    "a folder",
]


def served_path(path: str) -> str | None:
    """The path under which a server keeps a file that MLflow logs as `path`; None where it refuses it.

    It ends with a slash where nothing is left of the file's name, which the server refuses too.
    """
    # The path stands behind that of the run: what would be a scheme at the beginning is none.
    decoded = safe_path(f"run/{cut_off(artifact_path(path))}")
    if decoded is None:
        return None
    folder, name = posixpath.split(decoded.removeprefix("run/") if decoded != "run" else "")
    return posixpath.join(artifact_path(folder) if folder else "", name)


def served_files(paths: Sequence[str]) -> tuple[int, Refusal]:
    """How many of several files a server takes, one after the other, until one that it does not; why not.

    The client writes the file to a folder first, under its name ("too long"), and sends none that leads "elsewhere"
    (see `is_artifact_path`). The server has no address with a line end ("no address"), and refuses what has no name
    when it is decoded ("no name") or is no path ("no path"); the others are those of `stored_files`, on its own disk.
    """
    kept: list[str] = []
    for count, path in enumerate(paths):
        tidy = artifact_path(path)
        if longest_part(posixpath.basename(tidy)) > 255:
            return count, "too long"
        if not is_artifact_path(tidy):
            return count, "elsewhere"
        if "\n" in unquote(cut_off(tidy)):
            return count, "no address"
        served = served_path(path)
        if served is None:
            return count, "no path"
        if not posixpath.basename(served):
            return count, "no name"
        why = stored_files([*kept, served])[1]
        if why == "below a file" or why == "a folder":
            return count, why
        if why:
            return count, "too long there"
        kept.append(served)
    return len(paths), ""


def listed_by_server(paths: Iterable[str], *, below: bool) -> list[str] | None:
    """What the client lists of files that are kept under these paths; None where it refuses a name.

    A folder with one file of its own name is taken for that file, and listed as empty. A name that is another when it
    is decoded leads to nothing below it.

    Args:
        paths: As `served_path` gives them.
        below: Whether what is in folders is listed too, at any depth, and not the folders; but not what is in a folder
            that is listed under the path of the one that it is in.
    """
    try:
        return sorted(_listed(set(paths), "", below))
    except ValueError:
        return None


def downloaded_from_server(
    paths: Iterable[str], *, in_headers: bool = False
) -> tuple[dict[str, str], Literal["", "no path", "missing"]]:
    """What comes of these files, of which a server has taken all, when all of the run are downloaded; why nothing.

    Each is asked for by the path that is listed, which may be that of another file when it is decoded, or of none.

    Args:
        paths: As they were logged; the same path may be there again, and the last file counts.
        in_headers: Whether the server puts a file's name into a header, which has the characters of Latin-1 alone, as
            that of MLflow 2 does.

    Returns:
        The path of the file that comes, by the path that is listed.
    """
    kept = {served_path(path) or "": path for path in paths}
    listed = listed_by_server(kept, below=True)
    if listed is None:
        return {}, "no path"
    found = {path: served_path(path) or "" for path in listed if path}
    if not all(place in kept for place in found.values()):
        return {}, "missing"
    if in_headers and not all(_is_latin(place) for place in found.values()):
        return {}, "missing"
    return {path: kept[place] for path, place in found.items()}, ""


def _is_latin(path: str) -> bool:
    return all(ord(character) < 256 for character in posixpath.basename(path))


def _listed(paths: Collection[str], folder: str, below: bool) -> Iterator[str]:
    start = f"{artifact_path(folder)}/" if folder else ""
    inside = [path.removeprefix(start) for path in paths if path.startswith(start)]
    files = [name for name in inside if "/" not in name]
    folders = {name.partition("/")[0] for name in inside if "/" in name}
    shown = {name: posixpath.join(folder, _shown(name)) for name in [*files, *folders]}
    if folder and list(shown.values()) == [posixpath.join(folder, posixpath.basename(folder))] and files:
        return
    for name, path in shown.items():
        if not below or name in files:
            yield path
        elif path != folder:
            yield from _listed(paths, path, below)


def _shown(name: str) -> str:
    decoded = safe_path(name)
    if decoded is None:
        raise ValueError(f"no path: {name!r}")
    return decoded
