from __future__ import annotations

import io
from pathlib import Path

import pytest
from report_samples import MAPPING, header, report, result, rich_report, whole
from rich.console import Console

from harness.report.model import Report
from harness.report.terminal import render_terminal

GOLDEN = Path(__file__).with_name("terminal-80.txt")


def shown(report: Report, width: int = 80, *, colour: bool = False) -> str:
    """What is printed, without the blanks at the ends of lines."""
    stream = io.StringIO()
    render_terminal(report, Console(file=stream, width=width, force_terminal=colour, legacy_windows=False))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def test_the_whole_at_80_columns() -> None:
    assert shown(rich_report()) == GOLDEN.read_text(encoding="utf-8")


def test_no_line_of_ours_is_wider_than_the_terminal() -> None:
    for width in (50, 80, 120):
        assert max(map(len, shown(rich_report(), width).splitlines())) <= width


def test_colour_adds_nothing_to_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in shown(rich_report(), colour=True)
    monkeypatch.setenv("NO_COLOR", "1")
    text = shown(rich_report(), colour=True)
    assert "\x1b[3" not in text
    assert "unexplained" not in text


def test_many_stores_get_a_line_each_and_no_name_is_cut() -> None:
    stores = tuple(f"a-store-with-a-long-name-{number}" for number in range(4))
    mapping = MAPPING.model_copy(update={"stores": stores})
    results = [item.model_copy(update={"store": store}) for item in whole() for store in stores]
    text = shown(report(results, [mapping], header=header(stores=stores)))
    for store in stores:
        assert f"log-list   guide    {store}   equivalent" in text


def test_what_matters_is_on_top() -> None:
    names = {"aaa": "passed", "bbb": "failed", "ccc": "skipped"}
    results, mappings = [], []
    for name, outcome in names.items():
        skipped = {"skipped_because": "not-run"} if outcome == "skipped" else {}
        mappings.append(MAPPING.model_copy(update={"id": name}))
        own = whole(result("witness", "merge", outcome=outcome, **skipped))
        results += [item.model_copy(update={"mapping": name}) for item in own]
    rows = [line.split()[0] for line in shown(report(results, mappings)).splitlines()[2:5]]
    assert rows == ["bbb", "ccc", "aaa"]


def test_each_word_is_explained_once() -> None:
    text = shown(rich_report())
    assert text.count("even the guide's own example does not read back") == 1
    assert "usual data is silently altered or lost\n" not in text


def test_a_message_is_shown_in_full_and_can_be_copied() -> None:
    script = "print(" + "'x' + " * 100 + "'')"
    text = shown(report(whole(result("property", outcome="failed", message=f"Reproduce with\n{script}"))))
    assert f"\nReproduce with\n{script}\n" in text


def test_nothing_that_a_value_says_is_obeyed() -> None:
    hostile = "[bold red]a[/] \x1b[2J\x07\u202e\u200b\r\x9b31m :smile: \u2028 end"
    failed = result("property", outcome="failed", message=hostile, counterexample={"name": repr(hostile)})
    text = shown(report(whole(failed, result("claim", hostile, outcome="error"))))
    for character in "\x1b\x07\u202e\u200b\r\x9b\u2028":
        assert character not in text
    assert "[bold red]a[/]" in text
    assert ":smile:" in text
    assert "\\x1b[2J\\x07\\u202e\\u200b\\r\\x9b31m" in text


def test_a_report_of_nothing_says_so() -> None:
    text = shown(report([], []))
    assert "There are no results: nothing was checked." in text
    assert "0 examples; 0 results: 0 passed, 0 failed, 0 errors, 0 skipped" in text


def test_a_run_that_was_cut_short_says_so() -> None:
    assert "no footer: the run was cut short" in shown(report(whole(), finished=None))
    assert "stopped before its end" in shown(report(whole(), complete=False))


def test_a_console_without_unicode_can_show_it() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    render_terminal(report(whole()), Console(file=stream, width=80))
    stream.flush()
