from __future__ import annotations

import math

import numpy as np
import pytest

from harness import tabular
from harness.spec import all_names
from harness.tabular import (
    by_first_dot,
    columns_of,
    metrics_of,
    refused_metric,
    refused_on_the_way,
    repeated_nan,
    rows_of,
    unwritable_metric,
)


def test_every_function_is_listed_and_known_to_snippets():
    defined = {
        name
        for name, item in vars(tabular).items()
        if getattr(item, "__module__", "") == tabular.__name__ and not name.startswith("_")
    }
    assert defined == set(tabular.__all__)
    assert defined <= {name.name for name in all_names() if name.source == f"harness.tabular:{name.name}"}


@pytest.mark.parametrize(
    ("tables", "rows"),
    [
        ([], []),
        ([{}], []),
        ([{"a": []}], []),
        ([{"a": [1, 2], "b": ["x", None]}], [{"a": 1, "b": "x"}, {"a": 2, "b": None}]),
        ([{"a": 5, "b": "text"}], [{"a": 5, "b": "text"}]),
        ([{"a": [1, 2], "b": [3]}], [{"a": 1, "b": 3}]),
        ([{"a": [1]}, {"b": [2]}], [{"a": 1}, {"b": 2}]),
        ([{1: [1], None: [2], False: [3]}], [{"1": 1, "None": 2, "False": 3}]),
        ([{1: [1], "1": [2]}], [{"1": 2}]),
    ],
)
def test_rows_of(tables, rows):
    assert rows_of(tables) == rows


def test_columns_of():
    assert columns_of([]) == {}
    assert columns_of([{"a": 1, "b": 2}, {"b": 3}, {"c": None}]) == {"a": [1], "b": [2, 3], "c": [None]}


def test_metrics_of_and_back():
    assert metrics_of("t", [{"a": [1, 2], "": 3}]) == [{"t.a": 1, "t.": 3}]
    assert by_first_dot({"t.a": 1, "t.b.c": 2, "u": 3, ".": 4}) == {
        "t": {"a": 1, "b.c": 2},
        "u": {"": 3},
        "": {"": 4},
    }


@pytest.mark.parametrize(
    ("batches", "refused"),
    [
        ([], (0, "")),
        ([{"a": 1}, {"a": True}, {"a": "1e5"}, {"a": np.float32(1)}], (4, "")),
        ([{"a": 1}, {"a": None}], (1, "none")),
        ([{"a": 1, "b": "x"}, {"a": None}], (0, "text")),
        ([{"a": None, "b?": 1}], (0, "none")),
        ([{"b?": 1, "a": None}], (0, "name")),
        ([{"b?": None}], (0, "name")),
        ([{"x" * 251: "text"}], (0, "text")),
        ([{"x" * 250: 1}, {"x" * 251: 1}], (1, "length")),
    ],
)
def test_refused_metric(batches, refused):
    assert refused_metric(batches) == refused


@pytest.mark.parametrize(
    ("batches", "refused"),
    [
        ([], (0, "")),
        ([{"a?": 1}, {"x" * 255: "1"}], (2, "")),
        ([{"a": 1}, {"a": None}], (1, "none")),
        ([{"a": None, "b": "text"}], (0, "none")),
        ([{"a": "1", "b": "text", "c": None}], (0, "text")),
        ([{"x" * 256: 1, "a": "text"}], (0, "text")),
        ([{"x" * 256: 1}, {"a": "text"}], (0, "length")),
        ([{"\U0001f600" * 128: 1}], (0, "length")),
    ],
)
def test_refused_on_the_way(batches, refused):
    assert refused_on_the_way(batches) == refused


@pytest.mark.parametrize(
    ("batches", "unwritable"),
    [
        ([], (0, 0, "")),
        ([{"t.a": 1, "t.b/c": 2}, {"t.a": 3, "t.b/c": 4}], (2, 0, "")),
        ([{"t.a": 1, "t.a/b": 2}], (0, 1, "folder")),
        ([{"t.a/b": 1, "t.a": 2}], (0, 1, "folder")),
        ([{"t.a/b/c": 1}, {"x": 1, "t.a/b": 2}], (1, 1, "folder")),
        ([{"a": 1, "é" * 128: 2}], (0, 1, "length")),
        ([{"é" * 127: 2, "é" * 100 + "/" + "é" * 100: 3}], (1, 0, "")),
    ],
)
def test_unwritable_metric(batches, unwritable):
    assert unwritable_metric(batches) == unwritable


@pytest.mark.parametrize(
    ("batches", "index"),
    [
        ([], 0),
        ([{"a": math.nan, "b": math.nan}], 1),
        ([{"a": math.nan}, {"b": math.nan}, {"a": 1}], 3),
        ([{"a": math.nan}, {"a": 1}, {"a": np.float32("nan")}], 2),
        ([{"a": "nan"}, {"a": math.nan}], 1),
        ([{"a": None}, {"a": "text"}], 2),
    ],
)
def test_repeated_nan(batches, index):
    assert repeated_nan(batches) == index
