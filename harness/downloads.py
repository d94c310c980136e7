"""Functions of snippets about an artifact that is asked for by its path: which file comes, and why it may be none.

They are pure. Nothing here knows MLflow or Azure.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import Literal
from urllib.parse import unquote, urlparse, urlunparse

from harness.files import artifact_path, plugin_path, service_path

__all__ = ["cut_off", "found_in_service", "found_in_store", "safe_path"]

Why = Literal["", "refused", "missing", "a folder"]


def found_in_store(paths: Sequence[str], wanted: str, *, in_address: bool) -> tuple[str, Why]:
    """Which of these files a store of MLflow's own gives for the path `wanted`, or why none: "" if one is found.

    It decodes the path as that of an address before it looks for it.

    Args:
        paths: The files of the run.
        wanted: What is asked for.
        in_address: Whether it is made the end of an address first, as by MLflow 3: what is behind `?` or `#` is no
            part of the path then, and its folders are decoded by themselves.

    Source: `mlflow.artifacts.download_artifacts` and `validate_path_is_safe` of `mlflow.utils.uri`.
    """
    kept = {artifact_path(path): path for path in paths}
    if not in_address:
        return _found(kept, _decoded(wanted))
    folder, _, name = cut_off(wanted).rpartition("/")
    folder = artifact_path(unquote(folder)) if folder else "."
    if name:
        decoded = _decoded(name)
        return _found(kept, None if decoded is None else artifact_path(posixpath.join(folder, decoded)))
    # All of the folder is downloaded then, each of its files as if asked for by itself.
    inside = {
        posixpath.relpath(path, folder): path for path in kept if f"{path}/".startswith(_as_start(folder))
    }
    return "", "a folder" if all(_decoded(path) in inside for path in inside) else "missing"


def found_in_service(
    paths: Sequence[str], wanted: str, *, in_address: bool, by_v1: bool = False
) -> tuple[str, Why]:
    """As `found_in_store`, for the plugin of Azure ML, which decodes nothing.

    It takes what is asked for to be a folder if the path of any other file begins so, whether a slash is next or not.
    With `by_v1` it was SDK v1 that has uploaded the files. An address has no doubled slash in front of the name.

    Source: `list_artifacts` of azureml-mlflow 1.62, `mlflow.tracking.artifact_utils`.
    """
    kept = {(service_path if by_v1 else plugin_path)(path) or "": path for path in paths}
    asked = posixpath.join(*posixpath.split(cut_off(wanted))) if in_address else wanted
    if any(path.startswith(asked) and path != asked for path in kept):
        return "", "a folder"
    found = kept.get(service_path(asked) or "")
    return ("", "missing") if found is None else (found, "")


def safe_path(path: str) -> str | None:
    """What MLflow makes of a path before it looks for it or shows it: decoded until nothing changes; None if refused.

    Source: `validate_path_is_safe` of `mlflow.utils.uri`.
    """
    before = None
    try:
        while path != before:
            before, path = path, urlunparse(urlparse(unquote(path)))
    except ValueError:  # no address at all, as `//[a` is none
        return None
    path = re.sub("[\x00-\x1f\x7f]", lambda found: f"%{ord(found[0]):02x}", path)
    if "#" in path:
        return None
    if urlparse(path).scheme == "file":
        path = unquote(urlparse(path).path)
    if ".." in path.split("/") or PureWindowsPath(path).is_absolute() or PurePosixPath(path).is_absolute():
        return None
    return path


def _found(kept: dict[str, str], path: str | None) -> tuple[str, Why]:
    if path is None:
        return "", "refused"
    if path in kept:
        return kept[path], ""
    return "", "a folder" if any(other.startswith(_as_start(path)) for other in kept) else "missing"


def _as_start(folder: str) -> str:
    return "" if folder == "." else f"{folder}/"


def cut_off(path: str) -> str:
    """The part of a path that is left where it is the end of an address: what is before `?` or `#`."""
    return re.split("[?#]", path, maxsplit=1)[0]


def _decoded(path: str) -> str | None:
    """The shortest spelling of a path that is decoded until nothing changes; None where it is not one to look for."""
    decoded = safe_path(path)
    return None if decoded is None else artifact_path(decoded)
