from __future__ import annotations

import pytest

from harness import tagging
from harness.spec import all_names
from harness.tagging import refused_tags, tags_of


def test_every_function_is_listed_and_known_to_snippets():
    defined = {
        name
        for name, item in vars(tagging).items()
        if getattr(item, "__module__", "") == tagging.__name__ and not name.startswith("_")
    }
    assert defined == set(tagging.__all__)
    assert defined <= {name.name for name in all_names() if name.source == f"harness.tagging:{name.name}"}


def test_tags_of():
    assert tags_of([]) == {}
    assert tags_of([{"a": 1, "b": None}, {"mlflow.note": "x", "a": 2}]) == {"a": 2, "b": None}


def many(first, last):
    return {f"t{number}": "1" for number in range(first, last)}


@pytest.mark.parametrize(
    ("batches", "refused"),
    [
        ([], (0, "")),
        ([{}, {"a": "x" * 1000}, {"a b@c": ""}], (3, "")),
        ([{"a": "1"}, {"": "1"}], (1, "empty")),
        ([{"a": "x" * 1001}, {"": "1"}], (0, "size")),
        ([{"a": "x" * 1001, "": "1"}], (0, "empty")),
        ([{"a": "\U0001f600" * 500}, {"a": "\U0001f600" * 500 + "x"}], (1, "size")),
        ([many(0, 45), many(0, 45), {"mlflow.runName": "x" * 256}], (3, "")),
        ([{"mlflow.runName": "x" * 257}], (0, "size")),
        ([many(0, 46)], (0, "size")),
        ([many(0, 45), {"mlflow.note": "x"}], (1, "size")),
        ([many(0, 23), many(23, 46)], (1, "size")),
    ],
)
def test_refused_tags(batches, refused):
    assert refused_tags(batches) == refused
