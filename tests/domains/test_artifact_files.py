from __future__ import annotations

import re

from harness.domains import artifact_files, artifact_paths, file_contents, files_in_turn
from harness.files import longest_part, plugin_path, service_path, stored_files, top_level, uploaded_files

PATHS = {
    "usual": lambda path: re.fullmatch(r"[A-Za-z]+(\.[a-z]+)?", path) is not None,
    "in a folder": lambda path: re.fullmatch(r"[a-z]+/[a-z]+(\.[a-z]+)?", path) is not None,
    "in several folders": lambda path: path.count("/") > 1,
    "no suffix": lambda path: path.isalpha(),
    "a dot in front": lambda path: path.startswith(".") and service_path(path) == path,
    "refused by SDK v1": lambda path: service_path(path) is None,
    "another spelling": lambda path: service_path(path) not in (None, path),
    "a slash in front": lambda path: path.startswith("/") and service_path(path) is not None,
    "an escape": lambda path: re.search("%[0-9A-Fa-f]{2}", path) is not None,
    "a percent sign that is none": lambda path: re.search("%(?![0-9A-Fa-f]{2})", path) is not None,
    "a question mark": lambda path: "?" in path,
    "a number sign": lambda path: "#" in path,
    "a scheme": lambda path: re.match("[A-Za-z]+:", path) is not None,
    "a quote in a folder": lambda path: "'" in path.rpartition("/")[0],
    "a backslash": lambda path: "\\" in path and service_path(path) is not None,
    "no path for the plugin": lambda path: service_path(path) is not None and plugin_path(path) is None,
    "another script": lambda path: not path.isascii(),
    "a blank": lambda path: " " in path,
    "a file of over 255 bytes": lambda path: longest_part(path.rpartition("/")[2]) > 255,
    "a folder of over 255 bytes": lambda path: "/" in path and longest_part(path.rpartition("/")[0]) > 255,
    "over 4,095 bytes": lambda path: len(path.encode()) > 4095 and len(path) <= 5000,
    "over 5,000 characters": lambda path: len(path) > 5000,
}
TURNS = {
    "one": lambda paths: len(paths) == 1,
    "several": lambda paths: len(paths) > 1,
    "none in a folder": lambda paths: all("/" not in path for path in paths),
    "two in one folder": lambda paths: len(top_level(paths)) < len(paths),
    "the same path": lambda paths: len(set(paths)) < len(paths),
    "the same path, spelt otherwise": lambda paths: len(set(map(service_path, paths))) < len(set(paths)),
    "below a file": lambda paths: stored_files(paths)[1] == "below a file",
    "a folder": lambda paths: stored_files(paths)[1] == "a folder",
    "the second is refused": lambda paths: stored_files(paths)[0] == 1 < len(paths),
    "one path for the plugin": lambda paths: (
        uploaded_files(paths)[1] == "taken" and len(set(map(service_path, paths))) == len(paths)
    ),
    "one begins as the other": lambda paths: any(
        one != other and other.startswith(one) for one in paths for other in paths
    ),
}
CONTENTS = {
    "text": lambda content: content.isascii() and content.decode().isprintable(),
    "nothing": lambda content: not content,
    "no text": lambda content: b"\xff" in content,
    "NUL": lambda content: b"\x00" in content,
    "carriage return": lambda content: b"\r" in content,
    "many": lambda content: len(content) > 65536,
}


def test_artifact_paths_bring_in_every_edge(at_least):
    at_least(artifact_paths(), PATHS, 2, count=1500)


def test_paths_of_files_in_turn_bring_in_every_edge(at_least):
    at_least(files_in_turn(), TURNS, 4, count=1500)


def test_contents_of_files_bring_in_every_edge(at_least):
    at_least(file_contents(), CONTENTS, 10)


def test_no_path_is_so_long_that_the_folder_of_a_store_matters(draw):
    short_parts = [path for path in draw(artifact_paths()) if longest_part(path) <= 255]
    assert not [path for path in short_parts if 3500 < len(path.encode()) <= 4095]


def test_files_have_paths_and_contents(draw):
    files = draw(artifact_files())
    assert all(all(isinstance(content, bytes) for content in each.values()) for each in files)
    assert {1, 2, 3} <= set(map(len, files))


def test_what_artifacts_shrink_to(simplest):
    # To the simplest of one arm or another.
    assert len(simplest(artifact_paths())) <= len("Azure.png")
    (path,) = simplest(files_in_turn(), lambda paths: len(paths) == 1)
    assert len(path) <= len("Azure.png")
    assert simplest(file_contents()) == b"text"
