"""What SDK v1 logs as a file of JSON: accuracy tables, confusion matrices, predictions, residuals, and the like.

The shapes are those of Microsoft's documentation of `azureml.core.Run`. SDK v1 looks at none of them: any JSON value is
logged, as a value or as its text. So every strategy draws well-formed payloads first, then others.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.domains.numeric import numbers, numpy_numbers, usual_numbers
from harness.domains.text import texts

_COUNTS = st.integers(0, 1000)
_LABELS = st.lists(st.sampled_from(["0", "1", "cat", "é"]), min_size=1, max_size=2, unique=True)
_ODD_NUMBERS = (float("nan"), float("inf"), float("-inf"), -0.0, 2**53 + 1, -(2**70), 1e308, 5e-324)
_OTHER_VALUES: tuple[Any, ...] = (
    {},
    [],
    None,
    True,
    1,
    0.5,
    float("nan"),
    [1, (2, 3)],
    {"a": ((),)},
    {1: 0, "1": 1},
)
_OTHER_TEXTS = (
    '{"a": 1, "a": 2}',
    ' {"a": {"b": [], "b": null}}\n',
    "[1, 2]",
    '"text"',
    "null",
    "[NaN, Infinity]",
    '"\\ud83d\\ude00"',
    '"\ud800"',
)
_REFUSED: tuple[Any, ...] = (
    "",
    "no JSON",
    "{'a': 1}",
    "\ufeff{}",
    {(0, 1): 2},
    [np.bool_(True)],
    {"a": b"1"},
    [{1, 2}],
)


def accuracy_tables() -> SearchStrategy[Any]:
    """Payloads of `log_accuracy_table`: true and false positives and negatives of each class at each threshold."""
    return _payloads(
        "accuracy_table", st.builds(_accuracy_table, _LABELS, st.lists(_COUNTS, min_size=4, max_size=4))
    )


def confusion_matrices() -> SearchStrategy[Any]:
    """Payloads of `log_confusion_matrix`: a square of counts and the label of each class."""
    return _payloads(
        "confusion_matrix", st.builds(_confusion_matrix, _LABELS, st.lists(_COUNTS, min_size=4, max_size=4))
    )


def predictions() -> SearchStrategy[Any]:
    """Payloads of `log_predictions`: mean, error and count of each bin of the true values, and where bins end."""
    return _payloads(
        "predictions",
        st.lists(st.tuples(usual_numbers(), usual_numbers(), _COUNTS), min_size=1, max_size=2).map(
            _predictions
        ),
    )


def residuals() -> SearchStrategy[Any]:
    """Payloads of `log_residuals`: how many errors there are in each bin, and where bins end."""
    return _payloads(
        "residuals", st.lists(st.tuples(usual_numbers(), _COUNTS), min_size=1, max_size=3).map(_residuals)
    )


def _payloads(kind: str, data: SearchStrategy[dict[str, Any]]) -> SearchStrategy[Any]:
    """Payloads of a schema: well-formed ones as a value and as text, then everything else that SDK v1 takes.

    Arms of their own: another schema, no data, lists of which one lacks an item, keys too many, numbers that JSON has
    no word for, integers of any size, odd texts, keys that are no text, tuples; no object at all; JSON text with
    blanks, with a key twice, of no object; numbers of numpy, of which `json` writes some. Some payloads are refused:
    texts that are no JSON, and values that `json` does not write. None is nested so deep that Python gives up.
    """
    valid: SearchStrategy[dict[str, Any]] = data.map(
        lambda inside: {"schema_type": kind, "schema_version": "v1", "data": inside}
    )
    cell = st.one_of(numbers(), texts(surrogates=True), st.booleans(), st.none())
    return st.one_of(
        valid,
        valid.map(json.dumps),
        valid.map(lambda payload: json.dumps(payload, indent=1, ensure_ascii=False)),
        st.one_of(
            valid.map(lambda payload: {**payload, "schema_type": "table"}),
            valid.map(lambda payload: {"schema_type": payload["schema_type"]}),
            valid.map(lambda payload: {**payload, "data": _without_an_item(payload["data"])}),
        ),
        st.builds(lambda payload, extra: {**payload, "note": extra}, valid, cell),
        st.builds(
            lambda payload, number: {**payload, "data": [number]}, valid, st.sampled_from(_ODD_NUMBERS)
        ),
        st.builds(
            lambda payload, number: {**payload, "data": [number]},
            valid,
            numpy_numbers("float64") | numpy_numbers("int64", "int32", "float32"),
        ),
        st.dictionaries(texts(surrogates=True), cell, max_size=2),
        st.dictionaries(st.one_of(st.integers(0, 9), st.booleans(), st.none()), cell, max_size=2),
        st.sampled_from(_OTHER_VALUES),
        st.sampled_from(_OTHER_TEXTS),
        st.sampled_from(_REFUSED),
    )


def _without_an_item(data: dict[str, Any]) -> dict[str, Any]:
    """The data with one list, the last, an item shorter."""
    *_, last = data
    return {**data, last: data[last][:-1]}


def _accuracy_table(labels: list[str], counts: list[int]) -> dict[str, Any]:
    tables = [[counts, counts[::-1]] for _ in labels]
    return {
        "probability_tables": tables,
        "percentile_tables": tables,
        "class_labels": labels,
        "probability_thresholds": [0.0, 0.52],
        "percentile_thresholds": [0.0, 0.09],
    }


def _confusion_matrix(labels: list[str], counts: list[int]) -> dict[str, Any]:
    size = len(labels)
    return {"class_labels": labels, "matrix": [counts[row * size : (row + 1) * size] for row in range(size)]}


def _predictions(bins: list[tuple[float, float, int]]) -> dict[str, Any]:
    return {
        "bin_averages": [average for average, _, _ in bins],
        "bin_errors": [error for _, error, _ in bins],
        "bin_counts": [count for _, _, count in bins],
        "bin_edges": list(range(len(bins) + 1)),
    }


def _residuals(bins: list[tuple[float, int]]) -> dict[str, Any]:
    # One edge more than there are bins, as numpy's `histogram` gives them.
    edges = [edge for edge, _ in bins]
    return {"bin_edges": [*edges, edges[-1] + 1], "bin_counts": [count for _, count in bins]}
