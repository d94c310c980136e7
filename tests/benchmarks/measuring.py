"""What the benchmarks share: taking times, counting what a process holds, and the table in which it all is shown.

Benchmarks print and do not judge: how fast a machine is today is no defect of the harness.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
SPECS = HERE.parents[1] / "specs"


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        what: What was measured.
        value: The figure.
        unit: Its unit; empty for a ratio or a count.
        bar: The most that it should be; None where it is only told.
    """

    what: str
    value: float
    unit: str = ""
    bar: float | None = None

    @property
    def met(self) -> str:
        if self.bar is None:
            return ""
        return "yes" if self.value <= self.bar else "NO"


def show(title: str, figures: Sequence[Figure]) -> None:
    """Prints the figures as a table."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("")
    for column in ("measured", "bar", "met"):
        table.add_column(column, justify="right", no_wrap=True)
    for figure in figures:
        bar = "" if figure.bar is None else f"<= {_told(figure.bar, figure.unit)}"
        table.add_row(figure.what, _told(figure.value, figure.unit), bar, figure.met)
    console = Console(width=100)
    console.print(title, style="bold", highlight=False, soft_wrap=True)
    console.print(table)
    console.print()


def _told(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    return f"{number} {unit}".rstrip()


@dataclass
class Times:
    """The times of one action, in milliseconds: by the clock, and of this process's processor time.

    The second leaves out what other programs on the machine cost, and waiting.
    """

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def take(self, action: Callable[[], object]) -> None:
        clock, processor = time.perf_counter(), time.process_time()
        action()
        self.clock.append((time.perf_counter() - clock) * 1000)
        self.processor.append((time.process_time() - processor) * 1000)

    @property
    def median(self) -> float:
        return statistics.median(self.clock)

    def figures(self, what: str, bar: float | None = None) -> list[Figure]:
        """Median, 90th percentile and processor time, as lines of the table."""
        return [
            Figure(f"{what}: median", self.median, "ms", bar),
            Figure("  90th percentile", statistics.quantiles(self.clock, n=10)[-1], "ms"),
            Figure("  median of processor time", statistics.median(self.processor), "ms"),
        ]


def measured(*actions: Callable[[], object], count: int, warm_up: int) -> list[Times]:
    """The times of each action, measured in turns (A B A B ...), so that all of them see the same machine."""
    for _ in range(warm_up):
        for action in actions:
            action()
    times = [Times() for _ in actions]
    for _ in range(count):
        for action, taken in zip(actions, times, strict=True):
            taken.take(action)
    return times


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder that is working directory and place of all temporary files while the block is open."""
    before, default = Path.cwd(), tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        folder = Path(made)
        for name in ("cwd", "tmp"):
            (folder / name).mkdir()
        tempfile.tempdir = str(folder / "tmp")
        os.chdir(folder / "cwd")
        try:
            yield folder
        finally:
            os.chdir(before)
            tempfile.tempdir = default


@dataclass(frozen=True)
class Held:
    """What a process holds at a moment; `open_files` and `kilobytes` are 0 where the system does not tell."""

    threads: int
    open_files: int
    kilobytes: int
    temporary_files: int


def held(*folders: Path) -> Held:
    """Counts what this process holds now, and the files and folders below `folders`."""
    gc.collect()
    descriptors, memory = Path("/proc/self/fd"), Path("/proc/self/statm")
    pages = int(memory.read_text().split()[1]) if memory.exists() else 0
    return Held(
        threads=threading.active_count(),
        open_files=len(list(descriptors.iterdir())) if descriptors.exists() else 0,
        kilobytes=pages * os.sysconf("SC_PAGE_SIZE") // 1024 if pages else 0,
        temporary_files=sum(1 for folder in folders for _ in folder.rglob("*")),
    )
