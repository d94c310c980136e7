"""Which file comes when an artifact is asked for by its path."""

from __future__ import annotations

from urllib.parse import urlparse, urlunparse

import pytest

from harness.downloads import found_in_service, found_in_store

DECODED = {
    "a/b": "a/b",
    "a%20b": "a b",
    "a%2520b": "a b",
    "d/%41": "d/A",
    "a?": "a",
    "a;": "a",
    # Python writes it as an absolute path, `file:///a`; later versions leave it as it is.
    "file:a": "a" if urlunparse(urlparse("file:a")) == "file:a" else "refused",
    "a#b": "refused",
    "%2e%2e/a": "refused",
    "/a": "refused",
    "C:/a": "refused",
    "//[a": "refused",
    "http://[a/b": "refused",
    "file://[x": "refused",
    "d": "a folder",
    "c": "missing",
}
"""What MLflow 2 makes of a path; the files are those of `FILES`."""

IN_AN_ADDRESS = {
    "a/b": "a/b",
    "a%20b": "a b",
    "d%20e/a": "d e/a",
    "a?b": "a",
    "a#b": "a",
    "d/a?b#c": "d/a",
    "d/?a": "a folder",
    "?a": "a folder",
    "http://[a": "missing",
    "%2e%2e": "refused",
    "c": "missing",
}
"""The same of MLflow 3."""

FILES = ["a/b", "a b", "a", "d/A", "d/a", "d e/a"]

IN_THE_SERVICE = {
    "a b": "a b",
    "a%20b": "missing",
    "d/a": "d/a",
    "d/": "a folder",
    "a": "a folder",
    "d\\a": "missing",
}


@pytest.mark.parametrize(("wanted", "comes"), DECODED.items(), ids=DECODED)
def test_a_path_is_decoded(wanted: str, comes: str) -> None:
    assert "".join(found_in_store(FILES, wanted, in_address=False)) == comes


@pytest.mark.parametrize(("wanted", "comes"), IN_AN_ADDRESS.items(), ids=IN_AN_ADDRESS)
def test_a_path_is_the_end_of_an_address(wanted: str, comes: str) -> None:
    assert "".join(found_in_store(FILES, wanted, in_address=True)) == comes


@pytest.mark.parametrize(("wanted", "comes"), IN_THE_SERVICE.items(), ids=IN_THE_SERVICE)
def test_the_plugin_decodes_nothing(wanted: str, comes: str) -> None:
    assert "".join(found_in_service(FILES, wanted, in_address=False)) == comes


def test_of_an_address_the_plugin_leaves_out_what_is_behind_a_mark() -> None:
    assert found_in_service(FILES, "d/a?b", in_address=True) == ("d/a", "")


@pytest.mark.parametrize(("by_v1", "comes"), [(True, "d\\a"), (False, "missing")])
def test_what_sdk_v1_has_uploaded_keeps_its_backslashes(by_v1: bool, comes: str) -> None:
    assert "".join(found_in_service(["d\\a"], "d\\a", in_address=True, by_v1=by_v1)) == comes
