from __future__ import annotations

import math

import numpy as np
import pytest

from harness.spec import ASPECTS
from harness.values import to_expression
from harness.verify.changes import changes_of

VALUES = [
    True,
    0,
    1,
    -3,
    2**70,
    0.0,
    1.0,
    0.1,
    -1e300,
    "",
    "loss",
    b"",
    b"loss",
    [1],
    [1, 2],
    [1, 1],
    [0.5, 2, 3],
    [1, 2, 3, 4],
    {"a": 1, "b": [2, 3]},
]


def changed(value: object, aspect: str) -> list[object]:
    return [change.value for change in changes_of(value) if change.aspect == aspect]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_every_change_changes_the_value_in_a_known_aspect(value: object) -> None:
    changes = list(changes_of(value))
    assert changes
    assert {change.aspect for change in changes} <= set(ASPECTS)
    assert to_expression(value) not in [to_expression(change.value) for change in changes]
    assert len({change.how for change in changes}) == len(changes) or isinstance(value, dict)


@pytest.mark.parametrize("value", [None, math.nan, math.inf, [], {}, np.float32(1)], ids=str)
def test_what_cannot_be_changed(value: object) -> None:
    assert list(changes_of(value)) == []


def test_the_ways_to_change_a_list() -> None:
    assert changed([1, 2, 3, 4], "order") == [[2, 1, 3, 4], [1, 2, 4, 3], [1, 3, 2, 4]]
    assert changed([1, 2, 3], "order") == [[2, 1, 3], [1, 3, 2]]
    assert changed([1, 2], "order") == [[2, 1]]
    assert changed([1, 1], "order") == []
    assert changed([1, 2], "count") == [[1, 2, 2], [1]]
    assert changed([5], "count") == [[5, 5]]
    assert changed([5, 6, 7], "first") == [[6, 6, 7], [-5, 6, 7]]
    assert changed([5, 6, 7], "last") == [[5, 6, 8], [5, 6, -7]]
    assert changed([5, 6, 7], "value") == [[5, 7, 7], [5, -6, 7]]
    assert changed([5], "value") == [[6], [-5]]
    assert changed([0.5, 2], "precision") == [[math.nextafter(0.5, 2), 2]]


def test_the_ways_to_change_a_dict() -> None:
    assert changed({"a": 1, "b": 0}, "count") == [{"a": 1}]
    assert changed({"a": 1, "b": 0}, "value") == [
        {"a": 1, "bx": 0},
        {"a": 2, "b": 0},
        {"a": -1, "b": 0},
        {"a": 1, "b": 1},
    ]
