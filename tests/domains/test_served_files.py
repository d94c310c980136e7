"""Which files a tracking server takes, lists and gives back: what both clients were seen to make of these paths."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.served import downloaded_from_server, listed_by_server, served_files, served_path

KEPT = {
    "a": "a",
    "d//./a": "d/a",
    "a?b": "a",
    "a?b/c": "a",
    "d/a#": "d/a",
    "a%20b": "a b",
    "a%2520b": "a b",
    "a%2Fb": "a/b",
    "a%3Fb": "a?b",
    "a;": "a",
    "x;/b": "x;/b",
    "100%": "100%",
    "A:b": "A:b",
    "a\tb": "ab",
    "%00": "%00",
    "%2Fa": "a",
    "d/?a": None,
    "?": None,
    "%3B": None,
    "%23": None,
    "a%23b": None,
    "a%2F%2Fb/c": None,
    "%2e%2e/a": None,
}

REFUSED: dict[tuple[str, ...], tuple[int, str]] = {
    ("a", "b"): (2, ""),
    ("a", "x" * 256): (1, "too long"),
    ("é" * 128 + "/a",): (0, "failure"),
    ("/".join(["d" * 100] * 45),): (0, "URL too long"),
    ("é" * 1000 + "/a",): (0, "URL too long"),
    ("a%2F%2Fb/c",): (0, "failure"),
    ("%2e",): (0, "failure"),
    ("/a",): (0, "elsewhere"),
    ("a\nb",): (0, "no route"),
    ("?a/b",): (0, "no name"),
    ("a", "%3B"): (1, "no name"),
    ("a%23b",): (0, "no path"),
    ("a", "a/b"): (1, "below a file"),
    ("a?b", "a/c"): (1, "below a file"),
    ("a/b", "a"): (1, "a folder"),
    ("a?b", "a"): (2, ""),
}

# Of files under these paths: what is on top, and all that is listed at any depth.
LISTED: dict[tuple[str, ...], tuple[list[str] | None, list[str] | None]] = {
    ("n/n",): (["n"], []),
    ("n/n", "n/m"): (["n"], ["n/m", "n/n"]),
    ("n/k/k",): (["n"], []),
    ("n/n/n",): (["n"], []),
    ("x;/b", "c"): (["c", "x"], ["c"]),
    ("A:/b",): (["a:"], []),
    ("A:b",): (["a:b"], ["a:b"]),
    ("http:/x/a",): (["http://"], []),
    (" ",): ([""], [""]),
    (" /a",): ([""], []),
    ("d/ b",): (["d"], ["d/b"]),
    ("C:\\a",): (None, None),
    ("d/C:\\a",): (["d"], None),
}


@pytest.mark.parametrize(("path", "kept"), KEPT.items(), ids=map(repr, KEPT))
def test_a_path_is_part_of_an_address(path: str, kept: str | None) -> None:
    assert served_path(path) == kept


@pytest.mark.parametrize(("paths", "until"), REFUSED.items(), ids=lambda case: repr(case)[:30])
def test_files_are_taken_until_one_is_not(paths: Sequence[str], until: tuple[int, str]) -> None:
    assert served_files(paths) == until


@pytest.mark.parametrize(("paths", "listed"), LISTED.items(), ids=lambda case: repr(case)[:30])
def test_names_are_decoded_once_more_when_they_are_listed(
    paths: Sequence[str], listed: tuple[list[str] | None, list[str] | None]
) -> None:
    assert (listed_by_server(paths, below=False), listed_by_server(paths, below=True)) == listed


def test_a_namesake_is_hidden_by_later_versions_alone() -> None:
    assert listed_by_server(["n/n", "m"], below=True) == ["m"]
    assert listed_by_server(["n/n", "m"], below=True, hides_namesakes=False) == ["m", "n/n"]


@pytest.mark.parametrize(
    ("paths", "comes"),
    {
        ("a?b", "d/c"): ({"a": "a?b", "d/c": "d/c"}, ""),
        ("a%3Fb", "a"): ({"a?b": "a", "a": "a"}, ""),
        ("a%3Fb",): ({}, "missing"),
        (" a",): ({}, "missing"),
        (" ",): ({}, ""),
        ("A:b",): ({}, "missing"),
        ("http:/x/a",): ({"http:/x/a": "http:/x/a"}, ""),
        ("C:\\a",): ({}, "no path"),
    }.items(),
    ids=lambda case: repr(case)[:30],
)
def test_a_file_is_asked_for_by_the_path_that_is_listed(
    paths: Sequence[str], comes: tuple[dict[str, str], str]
) -> None:
    assert downloaded_from_server(paths) == comes


@pytest.mark.parametrize(("path", "why"), {"é": "", "損/é": "", "é/損": "missing"}.items())
def test_a_header_has_latin_1_alone(path: str, why: str) -> None:
    assert downloaded_from_server([path], in_headers=True)[1] == why
