from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from guide_samples import INDEX, INDEX_PATH

from harness.guide.schema import SCHEMA_FILE, index_schema
from harness.spec.reading import read_document

jsonschema = pytest.importorskip("jsonschema")

DATA: Any = read_document(INDEX, INDEX_PATH).data


def errors(data: object) -> list[str]:
    validator = jsonschema.Draft202012Validator(index_schema())
    return [error.message for error in validator.iter_errors(data)]


def test_the_published_schema_is_that_of_the_model() -> None:
    published = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert published == index_schema(), "write it anew: python -m harness.guide.schema"


def test_a_good_index_passes() -> None:
    jsonschema.Draft202012Validator.check_schema(index_schema())
    assert errors(DATA) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("harness-index",), 2),
        (("lines",), "20"),
        (("sha256",), "x"),
        (("sections", 0, "line"), "5"),
        (("parts",), []),
        (("parts", 0, "entry"), "Counting!"),
        (("parts", 0, "text", 0, "lines"), [1, 2, 3]),
        (("parts", 0, "text", 0, "lines"), "7"),
        (("parts", 0, "text", 0, "states", 0, "claims"), []),
        (("other", 0, "what"), "poem"),
        (("surprise",), 1),
    ],
)
def test_what_is_wrong_does_not_pass(path: tuple[str | int, ...], value: object) -> None:
    data = copy.deepcopy(DATA)
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert errors(data)
