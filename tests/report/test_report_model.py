from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError
from report_samples import result, rich_report

from harness.report.model import SCHEMA_VERSION, Report, Result, VerdictName
from harness.report.verdicts import VERDICTS


def test_a_report_goes_to_json_and_back_unchanged() -> None:
    report = rich_report()
    assert Report.model_validate_json(report.model_dump_json()) == report
    assert report.schema_version == SCHEMA_VERSION


def test_every_verdict_has_its_meaning() -> None:
    assert tuple(VERDICTS) == get_args(VerdictName)
    assert all(VERDICTS.values())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"outcome": "skipped"}, "skipped_because"),
        ({"skipped_because": "not-run"}, "skipped_because"),
        ({"outcome": "skipped", "skipped_because": "unverifiable"}, "only a claim"),
        ({"refuted": True}, "only a claim"),
        ({"recipe": None}, "needs its recipe"),
        ({"applied": {"a": 1}, "applied_usual": {"a": 2}}, "more usual inputs"),
        ({"applied_guide": ["a"]}, "does not count it"),
        ({"applied_clocks": {"a": ["stopped"]}}, "does not count it"),
        ({"examples": -1}, "greater than or equal"),
        ({"seconds": float("nan")}, "finite"),
        ({"seconds": float("inf")}, "finite"),
        ({"id": ""}, "at least 1"),
        ({"note": "x"}, "Extra inputs"),
        ({"outcome": "fine"}, "Input should be"),
    ],
)
def test_a_result_that_makes_no_sense_is_refused(changes: dict[str, Any], says: str) -> None:
    fields = result("property").model_dump() | changes
    with pytest.raises(ValidationError, match=says):
        Result.model_validate(fields)


def test_half_a_surrogate_pair_does_not_cost_the_report() -> None:
    odd = result("property", message="half \ud800", counterexample={"name": "'\udfff'"})
    assert odd.message == "half \\ud800"
    assert Result.model_validate_json(odd.model_dump_json()) == odd


def test_counts_have_one_order() -> None:
    one = result("property", applied={"b": 1, "a": 2})
    assert one.model_dump_json() == result("property", applied={"a": 2, "b": 1}).model_dump_json()
