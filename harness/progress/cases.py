"""How many of a number of cases are done, on the error stream: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from harness.progress.display import ErrorStream
from harness.progress.state import about, duration

EVERY_SECONDS = 10.0
"""Between two lines."""
MIN_SHARE = 0.1
"""Of the cases, after which the time that is left is no mere guess."""

Tell = Callable[[int, int], None]
"""Is told how many cases are done, and of how many."""


@contextmanager
def cases_told(what: str, clock: Callable[[], float] = time.monotonic) -> Iterator[Tell]:
    """Yields what is to be told of each case; at the end the bar is gone, the lines stay.

    Args:
        what: What is done with the cases, such as `verified on sqlite`.
        clock: Seconds that only rise.
    """
    stream = ErrorStream.copy()
    if stream is None:
        yield lambda done, total: None
        return
    from rich.console import Console

    console = Console(file=stream)
    with stream:
        if stream.isatty() and not console.is_dumb_terminal:
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

            columns = (what, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            with Progress(*columns, console=console, transient=True) as bar:
                task = bar.add_task(what, total=None)
                yield lambda done, total: bar.update(task, completed=done, total=total)
        else:
            yield _lines(stream, what, clock)


def _lines(stream: ErrorStream, what: str, clock: Callable[[], float]) -> Tell:
    began = last = clock()

    def tell(done: int, total: int) -> None:
        nonlocal last
        now = clock()
        if now - last < EVERY_SECONDS:
            return
        last = now
        left = ""
        if total > done >= MIN_SHARE * total:
            left = f", {about((now - began) * (total - done) / done)} left"
        stream.write(f"[{duration(now - began):>5}] {what}: {done:,} of {total:,} cases{left}\n")
        stream.flush()

    return tell
