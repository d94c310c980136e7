"""A store that could not be had is told once, with what was said of it, and puts no mapping first."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from report_samples import MAPPING, header, report, result, whole
from rich.console import Console

from harness.report.html import render_html
from harness.report.markdown import render_markdown
from harness.report.missing import missing_stores
from harness.report.model import Report, Result
from harness.report.summary import matrix, warnings
from harness.report.terminal import render_terminal

STORES = ("sqlite", "mysql")
IDS = ("a-good-one", "broken-one")


def left_out(message: str, because: str = "unavailable") -> dict[str, object]:
    return {
        "outcome": "skipped",
        "skipped_because": because,
        "message": message,
        "examples": 0,
        "store": "mysql",
    }


def of(absent: Mapping[str, object], *more: Result) -> Report:
    """Two mappings, the second of which is broken on `sqlite`; of `mysql` all is as told."""
    broken = {"applied": {"merge": 1}, "applied_usual": {"merge": 1}, "applied_guide": ["merge"]}
    met = result("property", applied={"merge": 1})
    results = []
    for id_ in IDS:
        own = whole(result("example", "1", **(broken if id_ == "broken-one" else {})), met)
        results += [item.model_copy(update={"mapping": id_}) for item in own]
        results += [item.model_copy(update={"mapping": id_, **absent}) for item in whole()]
    infos = [MAPPING.model_copy(update={"id": id_, "stores": STORES}) for id_ in IDS]
    by_key = {item.key: item for item in (*results, *more)}
    return report(list(by_key.values()), infos, header=header(stores=STORES))


@pytest.mark.parametrize(
    ("because", "told"),
    [("unavailable", "was not to be had here"), ("unreachable", "could not be reached")],
)
def test_it_is_told_once_in_each_view(because: str, told: str) -> None:
    found = of(left_out("Set <MY_URI>.", because))
    (missing,) = missing_stores(found)
    assert [verdict.mapping for verdict in missing.verdicts] == list(IDS)
    line = f"mysql {told}, so 2 verdicts are not-verified: Set <MY_URI>."
    assert warnings(found) == [line]
    stream = io.StringIO()
    render_terminal(found, Console(file=stream, width=200))
    assert stream.getvalue().count(f"- {line}") == 1
    assert render_markdown(found).count("mysql " + told) == 1
    page = render_html(found)
    assert page.count(f"mysql {told}, so 2 verdicts are not-verified") == 1
    assert "Set &lt;MY_URI&gt;." in page
    assert "Set <MY_URI>." not in page


def test_it_is_told_once_where_workers_say_it_in_other_words() -> None:
    other = [
        item.model_copy(update={"mapping": "a-good-one", **left_out("Not there, says another.")})
        for item in whole()[1:]
    ]
    (told,) = warnings(of(left_out("Not there."), *other))
    assert told.startswith("mysql was not to be had here, so 2 verdicts are not-verified: Not there")


def test_a_store_that_was_used_is_not_missing() -> None:
    passed = whole()
    one = [item.model_copy(update={"mapping": "broken-one", "store": "mysql"}) for item in passed]
    found = of(left_out("It starts runs anywhere."), *one)
    assert missing_stores(found) == ()
    assert any(told.startswith("a-good-one, guide on mysql is not-verified: ") for told in warnings(found))


def test_it_puts_no_mapping_first() -> None:
    rows = matrix(of(left_out("Not there.")))
    assert [row.mapping for row in rows] == ["broken-one", "a-good-one"]


def test_what_has_a_reason_of_its_own_stands_for_itself() -> None:
    own = result(
        "property", store="mysql", mapping="a-good-one", outcome="skipped", skipped_because="not-run"
    )
    found = of(left_out("Not there."), own)
    (missing,) = missing_stores(found)
    assert [verdict.mapping for verdict in missing.verdicts] == ["broken-one"]
    once, other = warnings(found)
    assert once == "mysql was not to be had here, so 1 verdict is not-verified: Not there."
    assert other.startswith("a-good-one, guide on mysql is not-verified: ")
    assert [row.mapping for row in matrix(found)] == ["a-good-one", "broken-one"]


def test_what_failed_before_the_store_was_lost_is_never_hidden() -> None:
    failed = result("property", store="mysql", mapping="a-good-one", outcome="failed", message="It differs.")
    found = of(left_out("Gone.", "unreachable"), failed)
    told = " ".join(warnings(found))
    assert "so 1 verdict is not-verified: Gone." in told
    assert "a-good-one, guide on mysql is not-verified" in told
