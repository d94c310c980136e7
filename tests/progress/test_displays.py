"""What is shown while a run goes on: lines, and a live display that leaves the terminal as it was."""

from __future__ import annotations

import io
import re
import sys
from typing import Any

import pytest
from rich.console import Console

from harness.profiles import PROFILES
from harness.progress import LinesDisplay, LiveDisplay, Progress, choose_display
from harness.progress.display import ErrorStream, failure_line
from harness.report.model import Result

ITEM = ("log-list", "property[guide-sqlite]")


def result(outcome: str = "passed", **changes: Any) -> Result:
    fields: dict[str, Any] = {
        "mapping": "log-list",
        "recipe": "guide",
        "store": "sqlite",
        "kind": "property",
        "id": "property",
        "outcome": outcome,
        "skipped_because": "not-run" if outcome == "skipped" else None,
    }
    return Result.model_validate(fields | changes)


FAILED = result("failed", message="v1 gave [0]\nMLflow gave []")
OTHER = result(kind="example", id="1")
PLAN = {
    ITEM: result("skipped"),
    ("log-list", "example.1[guide-sqlite]"): result("skipped", kind="example", id="1"),
}


@pytest.fixture
def progress() -> Progress:
    return Progress(PROFILES["dev"], lambda: 0.0)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def live(progress: Progress, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> LiveDisplay:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    return LiveDisplay(progress, Console(file=stream, force_terminal=True, legacy_windows=False))


def test_lines_tell_of_failures_and_of_what_is_through(progress: Progress, stream: io.StringIO) -> None:
    display = LinesDisplay(progress, Console(file=stream, width=30))
    for _ in range(2):
        display.plan(PLAN)
    display.begin(ITEM)
    display.take(FAILED)
    display.end(ITEM)
    display.take(OTHER)
    display.stop()
    assert stream.getvalue().splitlines() == [
        "[ 0:00] 2 checks to run",
        "[ 0:00] log-list, guide on sqlite: property failed: v1 gave [0]",
        "[ 0:00] log-list on sqlite: 1 passed, 1 failed (2 of 2 checks)",
    ]


def test_the_live_display_shows_what_goes_on(live: LiveDisplay, stream: io.StringIO) -> None:
    live.plan(PLAN)
    live.begin(ITEM)
    live.take(FAILED)
    live.stop()
    drawn = stream.getvalue()
    for shown in (
        "log-list, guide on sqlite: property failed: v1 gave [0]",
        "log-list, guide on sqlite: property ",
        "1 of 2  0:00",
        "0 passed, 1 failed, 0 errors, 0 skipped",
    ):
        assert shown in re.sub(r"\x1b\[[0-9;]*m", "", drawn)


def test_no_more_than_a_few_of_many_workers_are_shown(live: LiveDisplay, stream: io.StringIO) -> None:
    for number in range(7):
        live.begin((f"mapping-{number}", "property[guide-sqlite]"))
    live.take(FAILED)
    live.stop()
    assert "mapping-3: property" in stream.getvalue()
    assert "mapping-4" not in stream.getvalue()
    assert "and 3 more" in stream.getvalue()


def test_the_live_display_gives_the_cursor_back(live: LiveDisplay, stream: io.StringIO) -> None:
    assert "\x1b[?25l" in stream.getvalue()
    live.stop()
    assert stream.getvalue().rpartition("\x1b[?25h")[2].count("\x1b[?25l") == 0
    live.stop()


def test_nothing_that_a_failure_says_is_obeyed() -> None:
    line = failure_line(result("failed", message="\x1b[2J\u202e[bold]" + 1000 * "x" + "\nmore"))
    assert line.startswith("log-list, guide on sqlite: property failed: \\x1b[2J\\u202e[bold]xxx")
    assert line.endswith(" more characters)")


def test_a_stream_that_is_no_terminal_gets_lines(
    progress: Progress, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with (tmp_path / "errors").open("w") as file:
        monkeypatch.setattr(sys, "stderr", file)
        assert isinstance(choose_display(progress), LinesDisplay)


def test_without_an_error_stream_nothing_is_shown(
    progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    display = choose_display(progress)
    display.take(FAILED)
    display.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /dev/full")
def test_an_error_stream_that_cannot_be_written_ends_no_run(
    progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open("/dev/full", "wb", buffering=0) as full:
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(full, write_through=True))
        stream = ErrorStream.copy()
        assert stream is not None
        display = LinesDisplay(progress, Console(file=stream))
        display.plan(PLAN)
        display.take(FAILED)
