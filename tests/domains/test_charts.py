from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.domains import accuracy_tables, confusion_matrices, predictions, residuals
from harness.expressions import is_infinite, is_json, is_json_value, is_nan, is_negative_zero, is_number

STRATEGIES = {
    "accuracy_table": accuracy_tables,
    "confusion_matrix": confusion_matrices,
    "predictions": predictions,
    "residuals": residuals,
}


def is_whole(payload: Any, kind: str) -> bool:
    """Whether this is a payload as the documentation of SDK v1 shows it."""
    if not isinstance(payload, dict) or payload.keys() != {"schema_type", "schema_version", "data"}:
        return False
    data = payload["data"]
    return payload["schema_type"] == kind and isinstance(data, dict) and fits(kind, data)


def fits(kind: str, data: dict[str, Any]) -> bool:
    """Whether the lists of a payload's data have the lengths that they should have."""
    size = {name: len(items) for name, items in data.items()}
    if kind == "confusion_matrix":
        return {size["class_labels"]} == {size["matrix"], *map(len, data["matrix"])}
    if kind == "accuracy_table":
        return all(
            size["class_labels"] == size[f"{of}_tables"]
            and {size[f"{of}_thresholds"]} == set(map(len, data[f"{of}_tables"]))
            and all(len(row) == 4 for rows in data[f"{of}_tables"] for row in rows)
            for of in ("probability", "percentile")
        )
    counts = {number for name, number in size.items() if name != "bin_edges"}
    return counts == {size["bin_edges"] - 1} and data["bin_edges"] == sorted(data["bin_edges"])


def leaves(payload: Any) -> list[Any]:
    """The values within a payload that contain no others, keys among them."""
    if isinstance(payload, dict):
        return [leaf for item in payload.items() for leaf in leaves(item)]
    if isinstance(payload, list | tuple):
        return [leaf for item in payload for leaf in leaves(item)]
    return [payload]


def is_text_of(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether a payload is JSON text of such a value."""
    return lambda payload: isinstance(payload, str) and is_json(payload) and test(json.loads(payload))


def has(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda payload: any(map(test, leaves(payload)))


def is_wide(leaf: Any) -> bool:
    return isinstance(leaf, str) and any("\ud800" <= character <= "\udfff" for character in leaf)


EDGES: dict[str, Callable[[Any], bool]] = {
    "another schema": lambda payload: isinstance(payload, dict) and payload.get("schema_type") == "table",
    "no data": lambda payload: (
        isinstance(payload, dict) and "schema_type" in payload and "data" not in payload
    ),
    "a key too many": lambda payload: isinstance(payload, dict) and "note" in payload,
    "no object": lambda payload: not isinstance(payload, dict | str),
    "nothing in it": lambda payload: payload in ({}, []),
    "text of no object": is_text_of(lambda value: not isinstance(value, dict)),
    "text with blanks": lambda payload: isinstance(payload, str) and "\n" in payload,
    "a key twice": lambda payload: isinstance(payload, str) and re.search(r'"(\w)": .*"\1": ', payload),
    "text that is no JSON": lambda payload: isinstance(payload, str) and not is_json(payload),
    "no JSON value": lambda payload: not is_json_value(payload),
    "number of numpy": has(lambda leaf: isinstance(leaf, np.number)),
    "number of numpy that is JSON": lambda payload: (
        is_json_value(payload) and has(lambda leaf: isinstance(leaf, np.float64))(payload)
    ),
    "a key that is no text": lambda payload: (
        isinstance(payload, dict) and any(not isinstance(key, str | tuple) for key in payload)
    ),
    "nan": has(is_nan),
    "infinity": has(is_infinite),
    "negative zero": has(is_negative_zero),
    "integer that is no double": has(
        lambda leaf: is_number(leaf) and isinstance(leaf, int) and abs(leaf) > 2**64
    ),
    "half of a surrogate pair": has(is_wide),
    "tuple": lambda payload: payload in ([1, (2, 3)], {"a": ((),)}),
}


def test_payloads_bring_in_every_edge(at_least):
    edges = {name: lambda payload, edge=edge: bool(edge(payload)) for name, edge in EDGES.items()}
    at_least(confusion_matrices(), edges, 2, count=2000)


@pytest.mark.parametrize("kind", STRATEGIES)
def test_payloads_are_often_as_documented(at_least, kind):
    edges = {
        "value": lambda payload: is_whole(payload, kind),
        "text": is_text_of(lambda value: is_whole(value, kind)),
        "lists that do not match": lambda payload: (
            isinstance(payload, dict)
            and isinstance(payload.get("data"), dict)
            and not fits(kind, payload["data"])
        ),
    }
    at_least(STRATEGIES[kind](), edges, 20, count=600)


def test_few_payloads_are_refused(draw):
    drawn = draw(residuals(), count=600)
    taken = [is_json(payload) if isinstance(payload, str) else is_json_value(payload) for payload in drawn]
    assert taken.count(False) < len(drawn) / 4


@pytest.mark.parametrize("kind", STRATEGIES)
def test_what_payloads_shrink_to(simplest, kind):
    assert simplest(STRATEGIES[kind]()) in ({}, [])
    found = simplest(STRATEGIES[kind](), lambda payload: is_whole(payload, kind))
    assert all(len(items) <= 2 for items in found["data"].values())
