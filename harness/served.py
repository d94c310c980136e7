"""Functions of snippets about the artifacts of a tracking server: which files it takes, and what it lists of them.

They are pure. Nothing here knows MLflow or Azure. The path of a file is part of a URL on the way to the server, which
then decodes it; and the client decodes each name that the server lists.

Source: `mlflow.store.artifact.http_artifact_repo` and `mlflow.server.artifact_router` of MLflow 3.15; the handlers of
MLflow 2.22 make the same of a path.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal
from urllib.parse import quote, unquote

from harness.downloads import cut_off, safe_path
from harness.files import artifact_path, is_artifact_path, longest_part, stored_files

__all__ = ["downloaded_from_server", "listed_by_server", "served_files", "served_path"]

Refusal = Literal[
    "",
    "too long",
    "elsewhere",
    "no route",
    "no name",
    "no path",
    "URL too long",
    "failure",
    "below a file",
    "a folder",
]

_RUN = "run"
"""Stands for the folder of the run, behind which the path is: what would be a scheme or a root by itself is none."""

_LONGEST_URL = 4000
"""The line with the URL may have 4,094 characters, of which some 95 are not the path's."""


def served_path(path: str) -> str | None:
    """The path under which a server keeps a file that MLflow logs as `path`; None where it keeps none."""
    kept, why = _sent(path)
    return None if why else kept


def served_files(paths: Sequence[str]) -> tuple[int, Refusal]:
    """How many of several files a server takes, one after the other, until one that it does not; why not.

    The client writes the file to a folder first, under its name ("too long"), and sends none that leads "elsewhere"
    (see `is_artifact_path`). The server has no route for a line end ("no route"), and refuses what has no name when it
    is decoded ("no name") or is no path ("no path"). It fails where a folder is not spelt in the shortest way or has
    too long a name ("failure", or "URL too long" if the URL is too long for the server of MLflow 2 as well), where one
    of the folders is a file ("below a file"), and from MLflow 3.15 where it has "a folder" of that path.
    """
    kept: list[str] = []
    for count, path in enumerate(paths):
        place, why = _sent(path)
        if why:
            return count, why
        stored = stored_files([*kept, place])[1]
        if stored == "below a file" or stored == "a folder":
            return count, stored
        if stored:
            return count, "URL too long" if len(quote(path)) > _LONGEST_URL else "failure"
        kept.append(place)
    return len(paths), ""


def listed_by_server(paths: Iterable[str], *, below: bool, hides_namesakes: bool = True) -> list[str] | None:
    """What a recipe lists of files that are kept under these paths; None where the client refuses a name.

    A name that is another when it is decoded leads to nothing below it.

    Args:
        paths: As `served_path` gives them.
        below: Whether what is in folders is listed too, at any depth, and not the folders; but not what does not begin
            with the path of the folder, or is in a folder that is listed under the path of the one that it is in.
        hides_namesakes: Whether a folder with one file of its own name is taken for that file, and listed as empty, as
            it is from MLflow 3.11.
    """
    try:
        return sorted(_listed(set(paths), "", below, hides_namesakes, guarded=below))
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
        The path of the file that comes, by the path that it has then.
    """
    kept = {served_path(path) or "": path for path in paths}
    try:
        listed = [path for path in _listed(kept, "", below=True, hides_namesakes=not in_headers) if path]
    except ValueError:
        return {}, "no path"
    found = {artifact_path(path): served_path(path) or "" for path in listed}
    if not all(place in kept for place in found.values()):
        return {}, "missing"
    if in_headers and any(
        ord(character) > 255 for place in found.values() for character in posixpath.basename(place)
    ):
        return {}, "missing"
    return {path: kept[place] for path, place in found.items()}, ""


def _sent(path: str) -> tuple[str, Refusal]:
    """Where a file comes to that is the first one of a run, and why nowhere."""
    tidy = artifact_path(path)
    if longest_part(posixpath.basename(tidy)) > 255:
        return "", "too long"
    if not is_artifact_path(tidy):
        return "", "elsewhere"
    in_url = cut_off(tidy)
    if "\n" in unquote(in_url):
        return "", "no route"
    decoded = safe_path(f"{_RUN}/{in_url}")
    if decoded is None:
        return "", "no path"
    folder, name = posixpath.split(decoded)
    if not name:
        return "", "no name"
    if folder != artifact_path(folder) or name == ".":
        return "", "failure"
    return posixpath.join(folder, name).removeprefix(f"{_RUN}/"), ""


def _listed(
    paths: Collection[str], folder: str, below: bool, hides_namesakes: bool, guarded: bool = False
) -> Iterator[str]:
    start = f"{artifact_path(folder)}/" if folder else ""
    inside = [path.removeprefix(start) for path in paths if path.startswith(start)]
    files = [name for name in inside if "/" not in name]
    folders = {name.partition("/")[0] for name in inside if "/" in name}
    shown = {name: posixpath.join(folder, _shown(name)) for name in [*files, *folders]}
    namesake = posixpath.join(folder, posixpath.basename(folder))
    if hides_namesakes and folder and len(files) == 1 and not folders and shown[files[0]] == namesake:
        return
    for name, path in shown.items():
        if guarded and folder and not path.startswith(f"{folder}/"):
            continue
        if not below or name in files:
            yield path
        elif path != folder:
            yield from _listed(paths, path, below, hides_namesakes, guarded)


def _shown(name: str) -> str:
    decoded = safe_path(name)
    if decoded is None:
        raise ValueError(f"no path: {name!r}")
    return decoded
