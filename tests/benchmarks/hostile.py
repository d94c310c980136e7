"""Entries that are wrong or made to do harm: how long each takes to be refused, and how much memory at most."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable

from measuring import HERE, Figure, show

# The entries are those of the tests.
sys.path.insert(0, str(HERE.parent / "spec"))

MOST_MS = 1_000.0
MOST_MIB = 64.0
TOLD = 6
"""How many of the slowest, and of the largest, are shown."""


def main() -> None:
    from golden_messages import golden

    entries = golden()
    milliseconds = {name: _milliseconds(message) for name, message in entries.items()}
    mebibytes = {name: _mebibytes(message) for name, message in entries.items()}
    show(
        f"The slowest of {len(entries)} malformed or hostile entries, from text to the message",
        [Figure(name, value, "ms", MOST_MS) for name, value in _largest(milliseconds)],
    )
    show(
        "The largest, by the peak of what Python had to allocate",
        [Figure(name, value, "MiB", MOST_MIB) for name, value in _largest(mebibytes)],
    )


def _largest(figures: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(figures.items(), key=lambda item: -item[1])[:TOLD]


def _milliseconds(message: Callable[[], str]) -> float:
    """The better of two tries: the first also imports what is needed for the first time."""
    times = []
    for _ in range(2):
        begun = time.perf_counter()
        message()
        times.append((time.perf_counter() - begun) * 1000)
    return min(times)


def _mebibytes(message: Callable[[], str]) -> float:
    tracemalloc.start()
    try:
        message()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


if __name__ == "__main__":
    main()
