"""What a report says of its stores: for which mappings the choice matters, and what each took."""

from __future__ import annotations

import io

from report_samples import MAPPING, header, report, result, rich_report, whole
from rich.console import Console

from harness.report.by_store import Pace, dependence_words, paces, that_depend_on_the_store
from harness.report.markdown import render_markdown
from harness.report.model import Report, Result
from harness.report.terminal import render_terminal

STORES = ("sqlite", "file")


def of(*results: Result) -> Report:
    """One mapping on two stores; on `sqlite` all of it was run and is equivalent, on `file` as told."""
    on_file = [each.model_copy(update={"store": "file"}) for each in (results or whole())]
    mapping = MAPPING.model_copy(update={"stores": STORES})
    return report([*whole(), *on_file], [mapping], header=header(stores=STORES))


def test_a_mapping_that_is_the_same_everywhere_does_not_depend_on_the_store() -> None:
    assert that_depend_on_the_store(of()) == ()
    assert dependence_words(of()) == ""
    assert "depend on the store" not in render_markdown(of())


def test_one_that_is_not_is_told_in_the_terminal_and_in_markdown() -> None:
    found = of(*whole(result("property", applied={"merge": 1})))
    assert that_depend_on_the_store(found) == (("log-list", ("guide",)),)
    told = "The verdicts of 1 mapping depend on the store: log-list (guide)"
    stream = io.StringIO()
    render_terminal(found, Console(file=stream, width=200))
    assert told in stream.getvalue()
    assert told.partition(":")[0] in render_markdown(found)


def test_a_store_on_which_it_was_not_verified_says_nothing() -> None:
    found = of(result("property", examples=1, required=50, applied={"merge": 1}))
    assert {verdict.verdict for verdict in found.verdicts} == {"equivalent", "not-verified"}
    assert dependence_words(found) == ""


def test_the_pace_is_that_of_the_workers() -> None:
    slow = [each.model_copy(update={"seconds": 2.0}) for each in whole()]
    found = of(*slow)
    (sqlite, file) = paces(found)
    assert file == Pace("file", sum(each.examples for each in slow), 2.0 * len(slow))
    assert (sqlite.store, sqlite.seconds) == ("sqlite", 0)


def test_a_store_on_which_nothing_ran_has_no_pace() -> None:
    assert {pace.store for pace in paces(rich_report())} == {
        item.store for item in rich_report().results if item.examples
    }
