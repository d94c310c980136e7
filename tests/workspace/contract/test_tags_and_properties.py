"""Tags, which change, and properties, which do not."""

from __future__ import annotations

from typing import Any

import pytest
from pools import ONE_POOL

# No metric is logged here, and no file uploaded: the pool is not used.
pytestmark = ONE_POOL

KEYS = ["", " ", "a b", "a/b", "a.b", "é", "\U0001f600", "\x00", "\ud800", "x" * 100]
"""Names that a client lets pass, an unpaired surrogate and a NUL among them."""


def test_tags_are_added_and_may_lack_a_value(run: Any) -> None:
    run.tag("a", "1")
    run.tag("b")
    run.set_tags({"a": "2", "c": "x"})
    assert run.get_tags() == {"a": "2", "b": None, "c": "x"}


def test_properties_are_added_and_never_changed(run: Any) -> None:
    from azureml.exceptions import ServiceException

    run.add_properties({"a": "1"})
    run.add_properties({"a": "1", "b": "2"})
    with pytest.raises(ServiceException, match="cannot be changed"):
        run.add_properties({"b": "3", "c": "4"})
    properties = run.get_properties()
    assert {key: properties.get(key) for key in "abc"} == {"a": "1", "b": "2", "c": None}


def test_tags_are_removed(run: Any) -> None:
    run.set_tags({"a": "1", "b": "2", "c": None})
    run.remove_tags(["a", "c", "never there"])
    assert run.get_tags() == {"b": "2"}
    assert run.tags == {"b": "2"}
    assert run.get_status() == "Running"


def test_no_tags_are_removed(run: Any) -> None:
    run.tag("a", "1")
    run.remove_tags([])
    assert run.get_tags() == {"a": "1"}


def test_what_is_no_text_becomes_one(run: Any) -> None:
    run.set_tags({"number": 5, "truth": True, "none": None})
    run.add_properties({"number": 0.5, "list": [1]})
    assert run.get_tags() == {"number": "5", "truth": "True", "none": None}
    properties = run.get_properties()
    assert {key: properties.get(key) for key in ("number", "list")} == {"number": "0.5", "list": "[1]"}


@pytest.mark.parametrize("key", KEYS, ids=ascii)
def test_names_and_values_are_kept_as_they_are(sdk: Any, run: Any, key: str) -> None:
    from azureml.core import Run

    run.tag(key, key)
    run.add_properties({key: key})
    found = Run.get(sdk, run.id)
    assert found.get_tags() == {key: key}
    assert found.get_properties()[key] == key
    run.remove_tags([key])
    assert found.get_tags() == {}


def test_properties_that_are_refused_leave_none_behind(run: Any) -> None:
    from azureml.exceptions import ServiceException

    run.add_properties({"a": "1"})
    with pytest.raises(ServiceException):
        run.add_properties({"b": "2", "a": "changed"})
    assert "b" not in run.get_properties()
    run.add_properties({})
    assert run.get_properties()["a"] == "1"


def test_a_run_that_has_ended_still_takes_tags_and_properties(run: Any) -> None:
    run.complete()
    run.tag("late", "1")
    run.add_properties({"late": "2"})
    assert run.get_tags() == {"late": "1"}
    assert run.get_properties()["late"] == "2"
