from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from report_samples import report, rich_report, whole

from harness.report.schema import SCHEMA_FILE, report_schema, schema_json
from harness.report.writing import report_json


def test_the_published_schema_is_that_of_the_model() -> None:
    # Compared as JSON: whether 0 is written as 0 or 0.0 depends on the version of pydantic.
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == json.loads(schema_json())


def test_what_is_written_keeps_to_the_schema() -> None:
    Draft202012Validator.check_schema(report_schema())
    validator = Draft202012Validator(report_schema())
    for sample in (rich_report(), report(whole(), finished=None), report([], [])):
        assert list(validator.iter_errors(json.loads(report_json(sample)))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("results", 0, "outcome"), "fine"),
        (("results", 0, "examples"), -1),
        (("verdicts", 0, "verdict"), "fine"),
        (("surprise",), 1),
    ],
)
def test_what_is_wrong_does_not_keep_to_the_schema(path: tuple[str | int, ...], value: object) -> None:
    data: Any = json.loads(report_json(rich_report()))
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert list(Draft202012Validator(report_schema()).iter_errors(data))


def test_every_key_of_a_result_is_written() -> None:
    schema: Any = report_schema()
    keys = set(schema["$defs"]["Result"]["properties"])
    assert keys == set(schema["$defs"]["Result"]["required"])
