"""Modules that are not installed are found missing at once, and only while that is asked for."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from harness.absent import missing_at_once

NOT_THERE = "a_module_that_nobody_has"


class Searches:
    """Stands before Python's finders and notes what they are asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        self.names.append(name)


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> Searches:
    noted = Searches()
    monkeypatch.setattr(sys, "meta_path", [noted, *sys.meta_path])
    return noted


def test_a_missing_module_is_not_searched_for(searches: Searches) -> None:
    with missing_at_once([NOT_THERE]):
        searches.names.clear()
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(NOT_THERE)
        assert searches.names == []
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(NOT_THERE)
    assert searches.names == [NOT_THERE]


def test_what_is_installed_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a_module_of_this_test.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    imported = sys.modules["pytest"]
    with missing_at_once(["a_module_of_this_test", "pytest"]):
        assert importlib.import_module("a_module_of_this_test").value == 1
        assert sys.modules["pytest"] is imported
    assert "a_module_of_this_test" in sys.modules
    monkeypatch.delitem(sys.modules, "a_module_of_this_test")


def test_what_somebody_puts_there_meanwhile_stays() -> None:
    with missing_at_once([NOT_THERE]):
        sys.modules[NOT_THERE] = sys
    assert sys.modules.pop(NOT_THERE) is sys


def test_it_may_be_open_twice_and_closed_in_any_order() -> None:
    one, other = missing_at_once([NOT_THERE]), missing_at_once([NOT_THERE])
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    other.__exit__(None, None, None)
    assert NOT_THERE not in sys.modules
