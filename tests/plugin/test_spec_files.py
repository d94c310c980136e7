"""A spec file is a test file: what pytest itself offers works with it, and its report is the same however it ran."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from plugin_runs import TINY, TINY_ITEMS, Ended, folder_with, run_pytest

from harness.profiles import PROFILES
from harness.report.assembly import without_times

# Each Python runs the entries themselves (see tox.ini), so these processes are needed on one of them only.
pytestmark = pytest.mark.once


def outcomes(ended: Ended) -> dict[str, str]:
    """The outcome of each item in the report, by kind and id."""
    return {f"{result.kind} {result.id}": result.outcome for result in ended.report.results}


def test_items_are_named_by_file_and_check_with_the_brackets_last(alone: Ended) -> None:
    assert alone.code == 0, alone.out
    lines = [line.split(" ")[0] for line in alone.out.splitlines() if "PASSED" in line]
    assert sorted(lines) == ["test_plain.py::test_plain", *(f"tiny.yaml::{name}" for name in TINY_ITEMS)]


def test_a_yaml_file_that_is_no_entry_is_left_alone(alone: Ended) -> None:
    assert (alone.folder / "settings.yaml").exists()
    assert "settings.yaml" not in alone.out


def test_the_report_has_every_item_and_a_verdict(alone: Ended) -> None:
    report = alone.report
    assert set(outcomes(alone).values()) == {"passed"}
    assert len(report.results) == len(TINY_ITEMS) == report.mappings[0].planned
    assert [verdict.verdict for verdict in report.verdicts] == ["equivalent"]
    assert report.footer is not None
    assert report.footer.complete
    (found,) = [result for result in report.results if result.kind == "property"]
    assert found.examples == found.required == PROFILES["dev"].examples


def test_an_index_of_the_guide_is_in_the_report_and_has_no_items(alone: Ended, spread: Ended) -> None:
    guide = alone.report.guide
    assert guide is not None
    assert [(part.entry, part.section) for part in guide.parts] == [("tiny", "Numbers")]
    assert spread.report.guide == guide
    assert "index.yaml" not in alone.out
    assert "1 of 1 section covered, 3 of 3 lines" in (alone.folder / "report" / "guide.html").read_text()


def test_the_table_is_printed_and_the_files_are_named(alone: Ended) -> None:
    assert "equivalent  reads back as in SDK v1" in alone.out
    for name in ("report.json", "summary.md"):
        assert f"wrote report/{name}" in alone.out
        assert (alone.folder / "report" / name).is_file()


def test_junit_keeps_the_names_whole_and_is_not_flooded(alone: Ended) -> None:
    tree = ElementTree.parse(alone.folder / "junit.xml")
    names = [case.get("name") for case in tree.iter("testcase") if case.get("classname") == "tiny.yaml"]
    assert sorted(map(str, names)) == TINY_ITEMS
    assert not list(tree.iter("property"))


def test_two_workers_make_the_same_report(alone: Ended, spread: Ended) -> None:
    assert spread.code == 0, spread.out
    assert without_times(spread.report) == without_times(alone.report)


def test_two_runs_with_one_seed_make_the_same_report_from_the_same_inputs(
    alone: Ended, by_command: Ended
) -> None:
    assert by_command.code == 0, by_command.out
    assert without_times(by_command.report) == without_times(alone.report)
    assert by_command.seen == alone.seen
    assert len(set(alone.seen)) > PROFILES["dev"].examples / 2


def test_another_seed_makes_other_inputs(alone: Ended, selected: Ended) -> None:
    assert len(set(selected.seen)) > PROFILES["dev"].examples / 2
    assert set(selected.seen) - set(alone.seen)


def test_what_was_deselected_stands_in_the_report_as_not_run(selected: Ended) -> None:
    assert selected.code == 0, selected.out
    assert "1 passed, 5 deselected" in selected.out
    results = selected.report.results
    assert len(results) == len(TINY_ITEMS)
    assert {result.kind: result.skipped_because for result in results} == {
        "example": "not-run",
        "property": None,
        "sensitivity": "not-run",
    }
    (verdict,) = selected.report.verdicts
    assert verdict.verdict == "not-verified"
    assert "not-verified" in selected.out


def test_a_run_that_is_stopped_by_x_is_not_complete(failing: Ended) -> None:
    assert failing.code == 1
    assert "stopping after 1 failures" in failing.out
    footer = failing.report.footer
    assert footer is not None
    assert not footer.complete
    found = outcomes(failing)
    assert found["property property"] == "failed"
    assert found["sensitivity sensitivity"] == found["directed doubled"] == "skipped"


def test_a_worker_that_dies_leaves_a_report_of_all_that_was_planned(crashed: Ended) -> None:
    assert crashed.code == 1, crashed.out
    results = crashed.report.results
    assert len(results) == len(TINY_ITEMS)
    (died,) = [result for result in results if result.outcome == "error"]
    assert died.message == "the worker process died in this check"
    assert {result.skipped_because for result in results if result is not died} == {"not-run"}
    assert [verdict.verdict for verdict in crashed.report.verdicts] == ["not-verified"]
    assert "not-verified" in crashed.out


def test_a_worker_sends_what_a_client_has_logged_of_half_a_character(tmp_path: Path) -> None:
    """A surrogate that stands alone is in no text that workers can send, so it is told as an escape."""
    logging_it = TINY.replace(
        '    run.log("m", value)', '    import logging\n    logging.error("\\ud800")\n    run.log("m", value)'
    )
    assert logging_it != TINY
    folder = folder_with(tmp_path / "project", tiny__yaml=logging_it)
    ended = run_pytest(folder, "-n", "2", "-k", "example", "--harness-store=sqlite", "--harness-profile=dev")
    assert ended.code == 0, ended.out
