from __future__ import annotations

import random

import pytest
from report_samples import FINISHED, MAPPING, header, report, result, rich_report, whole

from harness.report.assembly import (
    all_explained,
    build_report,
    check_report,
    exit_code,
    unexplained,
    without_times,
)
from harness.report.model import Report, Result

SKIPPED = {"outcome": "skipped", "skipped_because": "not-run", "examples": 0}


def test_the_order_of_a_report_is_not_the_order_of_the_run() -> None:
    original = rich_report()
    shuffled = list(original.results)
    random.Random(1).shuffle(shuffled)
    again = build_report(original.header, original.mappings[::-1], shuffled, finished=FINISHED)
    assert again == original


def test_two_reports_differ_in_their_times_alone() -> None:
    slow = [item.model_copy(update={"seconds": 3.5}) for item in whole()]
    later = report(slow, header=header(started="2027-01-01T00:00:00Z"), finished="2027-01-01T00:00:01.5Z")
    assert later != report(whole())
    assert without_times(later) == without_times(report(whole()))


def test_an_input_called_seconds_is_no_time() -> None:
    def failed(value: str) -> dict[str, object]:
        return without_times(
            report(whole(result("property", outcome="failed", counterexample={"seconds": value})))
        )

    assert failed("1") != failed("2")


def test_a_report_that_is_built_does_not_contradict_itself() -> None:
    assert check_report(rich_report()) == []


def _edited(**changes: object) -> Report:
    return rich_report().model_copy(update=changes)


def test_a_verdict_edited_by_hand_is_found_out() -> None:
    original = rich_report()
    better = original.verdicts[0].model_copy(update={"verdict": "equivalent", "reasons": ()})
    assert check_report(_edited(verdicts=(better, *original.verdicts[1:]))) == [
        "log-list, guide on file: the verdict says 'equivalent', its results say 'not-verified'"
    ]


def test_other_edits_are_found_out() -> None:
    original = rich_report()
    first, *others = original.verdicts
    quieter = first.model_copy(update={"divergences": ()})
    assert original.footer is not None
    for changes, says in (
        ({"verdicts": tuple(others)}, "the verdict is missing"),
        ({"verdicts": (quieter, *others)}, "details of the verdict"),
        (
            {"verdicts": (first.model_copy(update={"store": "moon"}), *others)},
            "a verdict without any results",
        ),
        ({"verdicts": (first, *original.verdicts)}, "is there twice"),
        ({"results": original.results[1:]}, "totals in the footer"),
        ({"results": (*original.results, original.results[0])}, "is there twice"),
        ({"mappings": original.mappings[1:]}, "has results but no facts"),
        ({"footer": original.footer.model_copy(update={"examples": 1})}, "number of examples"),
    ):
        assert says in "\n".join(check_report(_edited(**changes))), says


def test_the_same_result_twice_is_a_defect_of_the_run() -> None:
    with pytest.raises(ValueError, match="log-list sqlite guide property property' is there twice"):
        report([*whole(), result("property")])


@pytest.mark.parametrize(
    ("results", "code", "says"),
    [
        (whole(), 0, ""),
        (whole(result("witness", "merge", **SKIPPED)), 0, ""),
        (whole(result("witness", "merge", outcome="failed")), 1, "1 of 6 results failed"),
        (whole(result("witness", "merge", outcome="error")), 1, "could not be run"),
        ([], 1, "there are no results"),
        ([result("claim", "note")], 1, "no example was run whole"),
        ([item.model_copy(update=SKIPPED) for item in whole()], 1, "no example was run whole"),
        (whole(result("property", examples=99)), 1, "property ran 99 of 100"),
        (whole(result("property", applied={"stranger": 1})), 1, "the entry does not have it"),
        (whole(result("witness", "merge", outcome="skipped", skipped_because="unreachable")), 3, ""),
    ],
)
def test_what_a_run_ends_with(results: list[Result], code: int, says: str) -> None:
    built = report(results)
    assert exit_code(built) == code
    assert all_explained(built) == (not says)
    assert says in "\n".join(unexplained(built))


def test_a_failure_outweighs_a_store_that_is_not_there() -> None:
    unreachable = result("witness", "merge", outcome="skipped", skipped_because="unreachable")
    assert exit_code(report(whole(unreachable, result("property", outcome="failed")))) == 1


def test_a_run_that_was_cut_short_is_no_success() -> None:
    assert exit_code(report(whole(), finished=None)) == 1
    assert exit_code(report(whole(), complete=False)) == 1
    assert exit_code(report(whole(), [MAPPING.model_copy(update={"planned": 9})])) == 1
