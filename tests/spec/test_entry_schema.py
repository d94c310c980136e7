from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from spec_samples import GOOD, GOOD_PATH, SHORT, SHORT_PATH

from harness.spec.model import STRUCTURE
from harness.spec.reading import read_document
from harness.spec.schema import SCHEMA_FILE, entry_schema

jsonschema = pytest.importorskip("jsonschema")


def plain(text: str) -> dict[str, Any]:
    return read_document(text, SHORT_PATH).data  # type: ignore[no-any-return]


def errors(data: object) -> list[str]:
    validator = jsonschema.Draft202012Validator(entry_schema())
    return [error.message for error in validator.iter_errors(data)]


def test_the_published_schema_is_that_of_the_model() -> None:
    published = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert published == entry_schema(), "write it anew: python -m harness.spec.schema"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(entry_schema())


def test_good_entries_pass() -> None:
    assert errors(plain(SHORT)) == []
    data = read_document(GOOD.replace("!py ", ""), GOOD_PATH).data
    assert errors(data) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("harness",), 2),
        (("tilte",), "x"),
        (("compare",), "number"),
        (("examples",), []),
        (("examples", 0, "clock"), "late"),
        (("v1", "log"), True),
        (("mlflow", "The Guide"), {"log": "x", "read": "y"}),
        (("divergences", 0, "raises"), {"phase": "log", "type": "E", "match": "x"}),
        (("claims", 0, "unverifiable"), "x"),
        (("claims", 0, "given"), None),
        (("unobserved",), {"name.colour": "x"}),
        (("sources",), ["x"]),
        (("stores",), None),
    ],
)
def test_what_is_wrong_does_not_pass(path: tuple[Any, ...], value: object) -> None:
    data = copy.deepcopy(plain(SHORT))
    part: Any = data
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    assert errors(data)


def test_every_key_says_what_it_is_for() -> None:
    schema = entry_schema()
    for part in STRUCTURE.values():
        described = schema if part.__name__ == "Entry" else schema["$defs"][part.__name__]
        assert described["description"]
        for name, field in described["properties"].items():
            assert field.get("description"), f"{part.__name__}.{name}"
