"""How many cases are done, as lines and on a terminal."""

from __future__ import annotations

import os
import pty
import select

import pytest

from harness.progress.cases import cases_told


def told(seconds: float) -> None:
    """Four cases, each of which takes so long."""
    now = 0.0
    with cases_told("verified on sqlite", lambda: now) as tell:
        for done in range(5):
            now = seconds * done
            tell(done, 4)


def test_elsewhere_there_is_a_line_now_and_then(capfd: pytest.CaptureFixture[str]) -> None:
    told(6)
    assert capfd.readouterr().err.splitlines() == [
        "[ 0:12] verified on sqlite: 2 of 4 cases, about 10 s left",
        "[ 0:24] verified on sqlite: 4 of 4 cases",
    ]


def test_what_is_short_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    told(1)
    assert capfd.readouterr().err == ""


def test_on_a_terminal_there_is_a_bar_which_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    master, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as stream, monkeypatch.context() as patched:
        patched.setattr("sys.stderr", stream)
        told(6)
        shown = ""
        while select.select([master], [], [], 0.2)[0]:
            shown += os.read(master, 10_000).decode()
    os.close(master)
    assert "verified on sqlite" in shown
    assert "4/4" in shown
    assert shown.rstrip().endswith("\x1b[2K")


def test_without_an_error_stream_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    told(60)
