"""The displays of a run's progress. Each writes to the error stream, so that the standard output has the result alone.

The stream is a copy of the real one: pytest puts files in place of the standard streams while a check runs, and so
nothing that a client or a recipe prints can tear the display.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from harness.progress.state import Item, Progress, about, counts_words, duration, short_counts
from harness.report.model import Result
from harness.report.summary import cut, one_line, plural, title_of

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

AT_ONCE = 4
"""So many items that are worked at are shown; of more, how many there are."""
FAILURE_LIMIT = 300
"""Characters of why something failed, while the run goes on."""
SHOW_CURSOR = b"\x1b[?25h"


class Display:
    """What a run tells while it goes on. This one shows nothing."""

    def plan(self, rows: Mapping[Item, Result]) -> None:
        """The plan is known, or known better."""

    def begin(self, item: Item) -> None:
        """An item begins."""

    def end(self, item: Item) -> None:
        """An item is not worked at any more."""

    def take(self, result: Result) -> None:
        """An item has its result."""

    def say(self, text: str) -> None:
        """What the run is at now that it works at no item any more."""

    def stop(self) -> None:
        """Ends the display, and gives the terminal back as it was; may be called twice."""

    def abandon(self) -> None:
        """Gives the terminal back without waiting for anything, from a signal handler: the process ends at once."""


class LinesDisplay(Display):
    """A line for each mapping on a store when it is through, and one for each result that is not as it should be."""

    def __init__(self, progress: Progress, console: Console) -> None:
        self._progress = progress
        self._console = console
        self._told_total = False

    def plan(self, rows: Mapping[Item, Result]) -> None:
        """Tells once how much there is to do."""
        self._progress.plan(rows)
        if not self._told_total:
            self._told_total = True
            self.say(f"{plural(self._progress.total, 'check')} to run")

    def take(self, result: Result) -> None:
        """Tells of a failure at once, and of a mapping that is through on a store."""
        group = self._progress.take(result)
        if result.outcome in ("failed", "error"):
            self._line(failure_line(result), "red")
        if group is not None:
            done, total = self._progress.done, self._progress.total
            counts = short_counts(group.counts)
            self.say(f"{group.mapping} on {group.store}: {counts} ({done:,} of {total:,} checks)")

    def say(self, text: str) -> None:
        """A line of its own."""
        self._line(one_line(text))

    def _line(self, text: str, style: str = "") -> None:
        from rich.text import Text

        line = Text(f"[{duration(self._progress.seconds):>5}] ").append(text, style=style)
        self._console.print(line, soft_wrap=True, highlight=False)


class LiveDisplay(Display):
    """What is worked at, how far the run is and what it found, redrawn in place; failures stay above it."""

    def __init__(self, progress: Progress, console: Console) -> None:
        from rich.live import Live
        from rich.spinner import Spinner

        self._progress = progress
        self._console = console
        self._columns = os.environ.get("COLUMNS", "")
        self._closing = ""
        self._at = ["importing the clients, reading the entries"]
        self._spinner = Spinner("dots" if "utf" in console.encoding.lower() else "line")
        self._live = Live(
            console=console,
            get_renderable=self._picture,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def plan(self, rows: Mapping[Item, Result]) -> None:
        """More to do."""
        self._progress.plan(rows)

    def begin(self, item: Item) -> None:
        """Shown at the next drawing."""
        self._progress.begin(item)

    def end(self, item: Item) -> None:
        """Shown at the next drawing."""
        self._progress.end(item)

    def take(self, result: Result) -> None:
        """Shows the first line of a failure at once."""
        self._progress.take(result)
        if result.outcome in ("failed", "error"):
            from rich.text import Text

            self._live.console.print(Text(failure_line(result), style="red"), highlight=False)

    def say(self, text: str) -> None:
        """Shown in place of the items."""
        self._closing = one_line(text)

    def stop(self) -> None:
        """Removes the display; the cursor is back."""
        self._live.stop()

    def abandon(self) -> None:
        """Shows the cursor, and leaves what was drawn."""
        os.write(self._console.file.fileno(), SHOW_CURSOR + b"\n")

    def _picture(self) -> RenderableType:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        if not self._columns.isdigit():
            # pytest has put a file in place of each stream that rich would ask.
            with suppress(OSError):
                self._console.width = os.get_terminal_size(self._console.file.fileno()).columns
        progress = self._progress
        # Between two items the last one stays: else the line would flicker.
        self._at = at = [self._closing] if self._closing else progress.at or self._at
        more = len(at) - AT_ONCE
        first = Table.grid(padding=(0, 1, 0, 0))
        first.add_column(no_wrap=True, overflow="ellipsis")
        first.add_column(no_wrap=True, overflow="ellipsis")
        for index, line in enumerate(at[:AT_ONCE]):
            first.add_row(self._spinner if index == 0 else "", Text(line))
        if more > 0:
            first.add_row("", Text(f"and {more} more"))
        if not progress.total:
            return first
        left = progress.seconds_left
        times = duration(progress.seconds) + (f", {about(left)} left" if left is not None else "")
        second = Table.grid(padding=(0, 2, 0, 0), expand=True)
        second.add_column(ratio=1)
        second.add_column(no_wrap=True)
        second.add_column(no_wrap=True)
        second.add_row(
            ProgressBar(total=progress.total, completed=progress.done),
            Text(f"{progress.done:,} of {progress.total:,}"),
            Text(times),
        )
        found = Text(counts_words(progress.counts), style="red" if progress.bad else "")
        return Group(first, second, found)


class ErrorStream(io.TextIOWrapper):
    """A copy of the error stream which bears being closed at the other end: no run ends because nobody looks on."""

    @classmethod
    def copy(cls) -> ErrorStream | None:
        """A copy of the stream as it is now; None where there is none."""
        try:
            descriptor = os.dup(sys.stderr.fileno())
        except (AttributeError, OSError, ValueError):
            return None
        return cls(open(descriptor, "wb"), encoding=sys.stderr.encoding, errors="backslashreplace")

    def write(self, text: str, /) -> int:
        """Writes what can be written."""
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        """Flushes what can be flushed."""
        with suppress(OSError):
            super().flush()


def failure_line(result: Result) -> str:
    """What failed and the first line of why: `log-list, guide on sqlite: property failed: ...`."""
    why = cut(result.message.strip().partition("\n")[0], FAILURE_LIMIT)
    return one_line(f"{title_of(result)}: {why}" if why else title_of(result))


def choose_display(progress: Progress) -> Display:
    """Live on a terminal that can redraw, lines elsewhere.

    NO_COLOR, FORCE_COLOR, TERM and COLUMNS are heeded as rich does; colour forced upon a file makes it no terminal.
    """
    stream = ErrorStream.copy()
    if stream is None:
        return Display()
    from rich.console import Console

    console = Console(file=stream)
    if console.file.isatty() and not console.is_dumb_terminal:
        return LiveDisplay(progress, console)
    return LinesDisplay(progress, console)
