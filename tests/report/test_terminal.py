from __future__ import annotations

import io
from pathlib import Path

import pytest
from report_samples import MAPPING, header, report, result, rich_report, whole
from rich.console import Console

from harness.report.assembly import exit_code
from harness.report.model import Report
from harness.report.terminal import exit_words, render_ending, render_terminal

GOLDEN = Path(__file__).with_name("terminal-80.txt")


def shown(report: Report, width: int = 80, *, colour: bool = False) -> str:
    """What is printed, without the blanks at the ends of lines."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=colour, legacy_windows=False)
    render_terminal(report, console)
    render_ending(report, console, exit_code(report))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def test_the_whole_at_80_columns() -> None:
    assert shown(rich_report()) == GOLDEN.read_text(encoding="utf-8")


def many(mappings: int, stores: int, *, long: bool = False) -> Report:
    """A report of so many mappings on so many stores; each third mapping is merged on one of the stores."""
    names = [f"store-{number}" + "-with-a-long-name" * long for number in range(stores)]
    infos, results = [], []
    for number in range(mappings):
        id_ = f"mapping-{number}" + "-with-an-id-that-is-as-long-as-ids-may-well-be" * long
        infos.append(MAPPING.model_copy(update={"id": id_, "stores": tuple(names)}))
        for index, name in enumerate(names):
            merged = {"applied": {"merge": 4 + index}} if number % 3 == 0 and index < 2 else {}
            own = whole(result("property", **merged))
            results += [item.model_copy(update={"mapping": id_, "store": name}) for item in own]
    return report(results, infos, header=header(stores=tuple(names)))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("reported", [rich_report(), many(5, 2), many(20, 6), many(3, 6, long=True)])
def test_no_line_is_wider_than_the_terminal_or_ends_in_a_blank(reported: Report, width: int) -> None:
    stream = io.StringIO()
    render_terminal(reported, Console(file=stream, width=width))
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    blank = [line for line in lines if line.endswith(" ")]
    assert all("   " in line for line in blank), "only the cells of a table are filled up"


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_every_verdict_of_many_can_be_read_whole(width: int) -> None:
    reported = many(20, 6, long=True)
    text = shown(reported, width)
    assert {verdict.mapping for verdict in reported.verdicts} <= set(text.replace(":", " ").split())
    assert text.count("lossy-at-edges on store-0-with-a-long-name, store-1-with-a-long-name") in (0, 7)


def table_of(reported: Report, width: int) -> list[str]:
    """The lines of the table: between its first line and the words of the verdicts."""
    lines = shown(reported, width).splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("mapping "))
    return lines[begin : lines.index("", begin)]


def test_stores_are_columns_where_they_fit() -> None:
    table = table_of(many(5, 2), 80)
    assert table[0].split() == ["mapping", "recipe", "store-0", "store-1"]
    assert table[2].split() == ["mapping-0", "guide", "lossy-at-edges", "lossy-at-edges"]
    assert len(table) == 2 + 5


def test_where_they_do_not_each_verdict_is_a_line_with_its_stores() -> None:
    table = table_of(many(20, 6), 80)
    assert table[0].split() == ["mapping", "recipe", "verdict", "stores"]
    assert table[2].split() == ["mapping-0", "guide", "lossy-at-edges", "store-0,", "store-1"]
    assert sum(line.endswith("every store") for line in table) == 13
    assert len(table) == 2 + 13 + 2 * 7


def test_where_no_table_fits_each_mapping_has_lines_of_its_own() -> None:
    text = shown(many(1, 2, long=True), 60)
    assert (
        "mapping-0-with-an-id-that-is-as-long-as-ids-may-well-be\n  guide: lossy-at-edges on every store\n"
    ) in text


def test_stores_and_recipes_that_do_the_same_share_a_line() -> None:
    text = shown(many(1, 6), 120)
    assert (
        "- guide on store-0, store-1: silently altered or lost, only for unusual data, 4 to 5 inputs" in text
    )


def test_the_last_line_says_what_the_run_ends_with() -> None:
    assert shown(rich_report()).splitlines()[-1] == "exit 1: 1 of 19 results failed"
    assert shown(report(whole())).splitlines()[-1] == "exit 0: everything is explained"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (2, "an entry or option is wrong"),
        (3, "the report could not be written where it was to be"),
        (130, "stopped from the keyboard; 4 of 5 checks had been done"),
        (143, "stopped by a signal; 4 of 5 checks had been done"),
    ],
)
def test_each_exit_code_is_said_in_words(code: int, says: str) -> None:
    stopped = report(whole(result("property", outcome="skipped", skipped_because="not-run")), complete=False)
    assert exit_words(stopped, code) == says


def test_a_store_that_cannot_be_reached_is_said_with_why() -> None:
    away = result("property", outcome="skipped", skipped_because="unreachable", message="the disk is full")
    assert exit_words(report(whole(away)), 3) == "the disk is full"


def test_colour_adds_nothing_to_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in shown(rich_report(), colour=True)
    monkeypatch.setenv("NO_COLOR", "1")
    text = shown(rich_report(), colour=True)
    assert "\x1b[3" not in text
    assert "unexplained" not in text


def test_what_matters_is_on_top() -> None:
    names = {"aaa": "passed", "bbb": "failed", "ccc": "skipped"}
    results, mappings = [], []
    for name, outcome in names.items():
        skipped = {"skipped_because": "not-run"} if outcome == "skipped" else {}
        mappings.append(MAPPING.model_copy(update={"id": name}))
        own = whole(result("witness", "merge", outcome=outcome, **skipped))
        results += [item.model_copy(update={"mapping": name}) for item in own]
    assert [line.split()[0] for line in table_of(report(results, mappings), 80)[2:]] == ["bbb", "ccc", "aaa"]
    assert shown(report(results, mappings)).startswith("bbb, guide on sqlite: witness merge failed\n")


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
